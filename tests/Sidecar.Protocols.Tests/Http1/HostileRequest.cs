namespace Sidecar.Protocols.Tests.Http1;

/// <summary>What must become of a hostile request.</summary>
public enum RequestFate
{
    /// <summary>It reaches the upstream, normalised: one Host, one framing, no field that concerns the client's connection.</summary>
    Forwarded,
    /// <summary>It is answered with <see cref="HostileRequest.Status"/> and the connection closed; the upstream sees nothing of it.</summary>
    Refused,
    /// <summary>It ends inside itself: nothing is answered but perhaps a timeout, the upstream sees nothing of it.</summary>
    Unfinished,
}

/// <summary>
/// One request of the table, and the whole of what is expected: by the parser's tests, and end to end over a socket, where a strict
/// origin stands behind the sidecar with the bounds of <see cref="HostileRequests"/> and a route for <c>/*</c> and <c>*</c>.
/// </summary>
public sealed record HostileRequest
{
    /// <summary>Tells the cases apart.</summary>
    public required string Name { get; init; }

    /// <summary>Where the rule stands.</summary>
    public required string Rule { get; init; }

    /// <summary>What the client sends.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>What becomes of it.</summary>
    public required RequestFate Fate { get; init; }

    /// <summary>Refused: the name of the HttpError; empty when the parser accepts it and the body's bound is what it meets.</summary>
    public string Error { get; init; } = "";

    /// <summary>Refused: the status of the answer.</summary>
    public int Status { get; init; }

    /// <summary>Forwarded: the method that the origin sees.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Forwarded: the target that the origin sees (no path prefix configured).</summary>
    public string Target { get; init; } = "/v1/models";

    /// <summary>Forwarded: the body that the origin sees, without its framing; Latin-1.</summary>
    public string Body { get; init; } = "";

    /// <summary>Forwarded: field lines that the origin sees, <c>name: value</c>, the name as the client wrote it.</summary>
    public string[] Sees { get; init; } = [];

    /// <summary>Forwarded: names of fields that the origin does not see.</summary>
    public string[] Hides { get; init; } = [];

    /// <summary>Forwarded: whether the client's connection stays open after the answer.</summary>
    public bool KeepsOpen { get; init; } = true;

    /// <summary>Forwarded: whether the client is sent 100 (Continue).</summary>
    public bool Continues { get; init; }

    /// <summary>Forwarded: bytes behind the message, the start of a pipelined one.</summary>
    public int Rest { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
