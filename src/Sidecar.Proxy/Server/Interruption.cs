namespace Sidecar.Proxy.Server;

/// <summary>Why an exchange must end before its response does. The first one counts.</summary>
public enum Interruption
{
    /// <summary>It need not.</summary>
    None,
    /// <summary>The client closed or reset its connection.</summary>
    ClientLeft,
    /// <summary>The request was not in by <c>client_timeout.initial</c>, or paused longer than <c>between_chunks</c>.</summary>
    RequestTimeout,
    /// <summary>No content delta by <c>first_token_timeout</c>.</summary>
    FirstTokenTimeout,
    /// <summary>The provider sent no byte for <c>read_timeout</c>.</summary>
    ReadTimeout,
    /// <summary>The provider sent no event of meaning for <c>stall_timeout</c>.</summary>
    StallTimeout,
    /// <summary>The client took no byte for <c>write_timeout</c>.</summary>
    WriteTimeout,
    /// <summary>The exchange lasted longer than <c>client_timeout.total</c>.</summary>
    TotalTimeout,
    /// <summary>The drain's deadline came.</summary>
    Drained,
    /// <summary>An operator cancelled the stream.</summary>
    Cancelled,
}
