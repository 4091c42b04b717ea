using Sidecar.Moderation;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Telemetry;

/// <summary>How an exchange ended: exactly one each.</summary>
public enum Outcome : byte
{
    /// <summary>The response reached the client whole.</summary>
    Completed,
    /// <summary>A policy ended it.</summary>
    Moderated,
    /// <summary>The client left first.</summary>
    ClientAbort,
    /// <summary>The provider failed, or said that it did.</summary>
    UpstreamError,
    /// <summary>The provider was silent too long.</summary>
    UpstreamTimeout,
    /// <summary>The provider's response was cut.</summary>
    UpstreamTruncated,
    /// <summary>The stream lasted longer than allowed, or the client stopped reading.</summary>
    StreamTimeout,
    /// <summary>A buffer's bound was met.</summary>
    Overflow,
    /// <summary>A budget ran out.</summary>
    Budget,
    /// <summary>The sidecar refused the request.</summary>
    Rejected,
    /// <summary>The drain's deadline ended it.</summary>
    Drained,
    /// <summary>A defect of ours.</summary>
    InternalError,
}

/// <summary>Where an exchange is now.</summary>
public enum Phase : byte
{
    /// <summary>Its request is being read or its upstream connected.</summary>
    Connecting,
    /// <summary>The request is sent, no content has come.</summary>
    Waiting,
    /// <summary>Content flows.</summary>
    Streaming,
    /// <summary>The client has left or the sidecar is leaving; the end is awaited.</summary>
    Draining,
}

/// <summary>How often a rule's action was taken in one exchange.</summary>
public readonly record struct ModerationCount(string RuleId, RuleAction Action, long Count);

/// <summary>
/// All that is told of one exchange: written by the one loop that owns it, read by telemetry at its end and by
/// <c>/streams</c> in between (a torn read there shows a stale figure, never a wrong count).
/// Timestamps are <see cref="TimeProvider.GetTimestamp"/> ticks; 0 means "not yet".
/// </summary>
public sealed class ExchangeRecord
{
    private List<ModerationCount>? _moderation;

    /// <summary>The stream's own id, as in <c>x-sidecar-stream</c>.</summary>
    public string Stream { get; set; } = "";
    /// <summary><c>x-request-id</c>, the client's or ours.</summary>
    public string RequestId { get; set; } = "";
    /// <summary>Trace id of <c>traceparent</c>, 32 hex digits, or null.</summary>
    public string? TraceId { get; set; }
    /// <summary>Request method.</summary>
    public string Method { get; set; } = "";
    /// <summary>Request path without its query.</summary>
    public string Path { get; set; } = "";
    /// <summary>Route name, or null before routing.</summary>
    public string? Route { get; set; }
    /// <summary>Upstream name, or null before routing.</summary>
    public string? Upstream { get; set; }
    /// <summary>The upstream's provider.</summary>
    public Provider? Provider { get; set; }
    /// <summary>Model as the request names it, or null.</summary>
    public string? Model { get; set; }
    /// <summary>The model asked of the upstream instead, or null.</summary>
    public string? UpstreamModel { get; set; }
    /// <summary>Attribution.</summary>
    public string? User { get; set; }
    /// <summary>Attribution.</summary>
    public string? Team { get; set; }
    /// <summary>Attribution.</summary>
    public string? Project { get; set; }

    /// <summary>Status sent to the client; 0 when none was.</summary>
    public int Status { get; set; }
    /// <summary>How it ended.</summary>
    public Outcome Outcome { get; set; } = Outcome.InternalError;
    /// <summary>What went wrong, in snake_case, or null.</summary>
    public string? ErrorType { get; set; }
    /// <summary>Where it is.</summary>
    public Phase Phase { get; set; }
    /// <summary>Whether the response is an event stream.</summary>
    public bool IsEventStream { get; set; }
    /// <summary>Whether the response was passed through unread, because its content is encoded.</summary>
    public bool IsEncoded { get; set; }

    /// <summary>Wall clock at the first request byte.</summary>
    public DateTimeOffset Time { get; set; }
    /// <summary>First request byte.</summary>
    public long StartedAt { get; set; }
    /// <summary>Last byte of the request read from the client.</summary>
    public long RequestReadAt { get; set; }
    /// <summary>Request written to the upstream.</summary>
    public long RequestSentAt { get; set; }
    /// <summary>First byte of the response body from the upstream.</summary>
    public long FirstChunkAt { get; set; }
    /// <summary>First non-empty content delta read from the upstream.</summary>
    public long FirstContentReadAt { get; set; }
    /// <summary>First non-empty content delta flushed to the client.</summary>
    public long FirstContentAt { get; set; }
    /// <summary>Last event or bytes from the upstream.</summary>
    public long LastChunkAt { get; set; }
    /// <summary>Last content flushed to the client.</summary>
    public long LastContentAt { get; set; }
    /// <summary>The client was seen to have left.</summary>
    public long ClientGoneAt { get; set; }
    /// <summary>The end.</summary>
    public long EndedAt { get; set; }

    /// <summary>Bytes of body and head read from the client.</summary>
    public long ClientBytesIn { get; set; }
    /// <summary>Bytes written to the client.</summary>
    public long ClientBytesOut { get; set; }
    /// <summary>Bytes read from the upstream.</summary>
    public long UpstreamBytesIn { get; set; }
    /// <summary>Bytes written to the upstream.</summary>
    public long UpstreamBytesOut { get; set; }
    /// <summary>Bytes waiting for the client now.</summary>
    public long BufferedBytes { get; set; }
    /// <summary>Bytes of text that a policy holds back now.</summary>
    public long HeldBytes { get; set; }
    /// <summary>Provider events (or reads, where there are no events).</summary>
    public long Chunks { get; set; }
    /// <summary>Events that carried content.</summary>
    public long ContentEvents { get; set; }
    /// <summary>Largest gap between two provider events, in timestamp ticks.</summary>
    public long MaxGap { get; set; }

    /// <summary>The provider's figure, or null.</summary>
    public long? InputTokens { get; set; }
    /// <summary>The provider's figure, or null.</summary>
    public long? OutputTokens { get; set; }
    /// <summary>The subset of input read from a cache, or null.</summary>
    public long? CachedTokens { get; set; }
    /// <summary>The subset of output spent on reasoning, or null.</summary>
    public long? ReasoningTokens { get; set; }
    /// <summary>Where the figures come from, as logs say it; null where there is none.</summary>
    public string? UsageSource => InputTokens is null && OutputTokens is null ? null : "usage";
    /// <summary>What it cost in dollars, known at its end; null where there is no figure of its tokens or no price of its model.</summary>
    public decimal? CostUsd { get; set; }
    /// <summary>Whether reasoning reached the client as text, rather than only being counted.</summary>
    public bool ReasoningStreamed { get; set; }
    /// <summary>The provider's finish reason, or null.</summary>
    public string? FinishReason { get; set; }

    /// <summary>What a policy's rules did, in the order first seen; not to be read while the exchange is under way.</summary>
    public IReadOnlyList<ModerationCount> Moderation => _moderation ?? [];

    /// <summary>Another provider is asked: what the last one said counts for nothing.</summary>
    public void ForgetAttempt()
    {
        FirstChunkAt = FirstContentReadAt = LastChunkAt = 0;
        (InputTokens, OutputTokens, CachedTokens, ReasoningTokens) = (null, null, null, null);
        (FinishReason, ReasoningStreamed) = (null, false);
        Phase = Phase.Connecting;
    }

    /// <summary>A rule's action was taken once more.</summary>
    public void CountModeration(string ruleId, RuleAction action)
    {
        _moderation ??= [];
        for (var i = 0; i < _moderation.Count; i++)
        {
            var known = _moderation[i];
            if (known.Action != action || known.RuleId != ruleId) continue;
            _moderation[i] = known with { Count = known.Count + 1 };
            return;
        }
        _moderation.Add(new ModerationCount(ruleId, action, 1));
    }
}
