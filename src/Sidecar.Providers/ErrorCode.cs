namespace Sidecar.Providers;

/// <summary>A failure that the sidecar reports itself: the <c>code</c> of its error shapes.</summary>
/// <param name="Name">In snake_case, as clients see it.</param>
/// <param name="Status">HTTP status; of those that only come after the first byte, the status their dialects' shapes speak of.</param>
public readonly record struct ErrorCode(string Name, int Status)
{
    /// <summary>The request cannot be understood.</summary>
    public static ErrorCode BadRequest => new("bad_request", 400);
    /// <summary>No key, or a wrong one.</summary>
    public static ErrorCode Unauthorized => new("unauthorized", 401);
    /// <summary>The key may not do this.</summary>
    public static ErrorCode Forbidden => new("forbidden", 403);
    /// <summary>No route matches.</summary>
    public static ErrorCode NoRoute => new("no_route", 404);
    /// <summary>The client was too slow with its request.</summary>
    public static ErrorCode ClientTimeout => new("client_timeout", 408);
    /// <summary>The body is larger than allowed.</summary>
    public static ErrorCode RequestTooLarge => new("request_too_large", 413);
    /// <summary>Too many requests or tokens in a time.</summary>
    public static ErrorCode RateLimited => new("rate_limited", 429);
    /// <summary>A budget is used up; before the first byte or in the middle of a stream.</summary>
    public static ErrorCode BudgetExhausted => new("budget_exhausted", 429);
    /// <summary>The head is larger than allowed.</summary>
    public static ErrorCode HeaderTooLarge => new("header_too_large", 431);
    /// <summary>A defect of ours.</summary>
    public static ErrorCode InternalError => new("internal_error", 500);
    /// <summary>No connection to any upstream.</summary>
    public static ErrorCode UpstreamUnreachable => new("upstream_unreachable", 502);
    /// <summary>The upstream's response breaks its protocol.</summary>
    public static ErrorCode UpstreamProtocolError => new("upstream_protocol_error", 502);
    /// <summary>More streams than allowed.</summary>
    public static ErrorCode Overloaded => new("overloaded", 503);
    /// <summary>The sidecar is leaving.</summary>
    public static ErrorCode Draining => new("draining", 503);
    /// <summary>No content came in time.</summary>
    public static ErrorCode FirstTokenTimeout => new("first_token_timeout", 504);

    /// <summary>After the first byte: the upstream's response was cut.</summary>
    public static ErrorCode UpstreamTruncated => new("upstream_truncated", 502);
    /// <summary>After the first byte: the upstream fell silent.</summary>
    public static ErrorCode UpstreamTimeout => new("upstream_timeout", 504);
    /// <summary>After the first byte: the stream lasted longer than allowed.</summary>
    public static ErrorCode StreamTimeout => new("stream_timeout", 504);
    /// <summary>After the first byte: a buffer's bound was met.</summary>
    public static ErrorCode StreamOverflow => new("stream_overflow", 503);
}
