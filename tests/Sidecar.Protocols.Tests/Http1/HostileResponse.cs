namespace Sidecar.Protocols.Tests.Http1;

/// <summary>What must become of a hostile upstream response.</summary>
public enum ResponseFate
{
    /// <summary>It reaches the client with its status and body, the framing is the sidecar's own.</summary>
    Relayed,
    /// <summary>The client is answered 502, <c>upstream_protocol_error</c>; the connection is thrown away.</summary>
    Refused,
    /// <summary>Its head is relayed, its body turns out malformed: the client sees a cut response, the connection is thrown away.</summary>
    Broken,
    /// <summary>The connection ends inside it: 502 in the head, a cut response in the body.</summary>
    Cut,
}

/// <summary>
/// One upstream response of the table, and the whole of what is expected: by the parser's tests, and end to end, where a scripted
/// origin answers a GET (or HEAD) with these bytes and then closes the connection.
/// </summary>
public sealed record HostileResponse
{
    /// <summary>Tells the cases apart.</summary>
    public required string Name { get; init; }

    /// <summary>Where the rule stands.</summary>
    public required string Rule { get; init; }

    /// <summary>What the upstream sends before it closes.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>What becomes of it.</summary>
    public required ResponseFate Fate { get; init; }

    /// <summary>Refused and broken: the name of the HttpError; empty when the parser accepts it and the relay must not.</summary>
    public string Error { get; init; } = "";

    /// <summary>Whether the request was a HEAD.</summary>
    public bool AnswersHead { get; init; }

    /// <summary>Relayed: the status that the client sees.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Relayed: the reason phrase, Latin-1.</summary>
    public string Reason { get; init; } = "OK";

    /// <summary>Relayed: the body that the client sees, without its framing; Latin-1.</summary>
    public string Body { get; init; } = "";

    /// <summary>Relayed: field lines that the client sees.</summary>
    public string[] Sees { get; init; } = [];

    /// <summary>Relayed: names of fields that the client does not see.</summary>
    public string[] Hides { get; init; } = [];

    /// <summary>Relayed: whether the upstream's connection may carry another request, as far as this message says.</summary>
    public bool KeepsOpen { get; init; } = true;

    /// <summary>Relayed: interim responses before it.</summary>
    public int Interim { get; init; }

    /// <summary>Relayed: bytes behind it that belong to no request. The connection is thrown away, they reach nobody.</summary>
    public int Rest { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
