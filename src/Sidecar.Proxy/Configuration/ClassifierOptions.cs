namespace Sidecar.Proxy.Configuration;

/// <summary>When text reaches the client: before the classifier's verdict or after it.</summary>
public enum ClassifierGate : byte
{
    /// <summary>Text is held until its verdict is in.</summary>
    Sync,
    /// <summary>Text is sent at once; a verdict against it ends the answer.</summary>
    Async,
}

/// <summary>An external classifier that is asked about the text of an answer, in the shape of OpenAI's <c>/v1/moderations</c>.</summary>
public sealed record ClassifierOptions
{
    /// <summary>The whole URL that is posted to, http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary>Whether text waits for its verdict.</summary>
    public ClassifierGate Gate { get; init; }

    /// <summary>Bound on one verdict: the wait for a connection, the request and the answer together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Whether text passes that no verdict came for; else the answer ends as if it were flagged.</summary>
    public bool FailOpen { get; init; }

    /// <summary>Sent as <c>model</c>; null leaves it out.</summary>
    public string? Model { get; init; }
}
