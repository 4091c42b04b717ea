namespace Sidecar.Proxy.Telemetry;

/// <summary>What came of asking the classifier about one window of text.</summary>
public enum ClassifierVerdict : byte
{
    /// <summary>Nothing is wrong with it.</summary>
    Allowed,
    /// <summary>It must not be said.</summary>
    Flagged,
    /// <summary>No verdict in time.</summary>
    Timeout,
    /// <summary>No connection, or no answer that is a verdict.</summary>
    Error,
    /// <summary>Given up by us: the stream is over, and nobody wants to know any more. Not counted.</summary>
    Cancelled,
}
