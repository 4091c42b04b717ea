using System.Globalization;
using System.Text;

namespace Sidecar.FunctionalTests.Provider;

/// <summary>How the end of a scripted body is told (RFC 9112 §6).</summary>
public enum Framing
{
    /// <summary>Each <see cref="Step.Send"/> is a chunk; the last chunk follows the last step.</summary>
    Chunked,
    /// <summary>Content-Length is the sum of all sends, also of those behind a close: that makes a cut.</summary>
    Length,
    /// <summary>The connection's end.</summary>
    Close,
}

/// <summary>What a provider does once it has read a request: data, so that a test reads like a recording.</summary>
public sealed record Script(IReadOnlyList<Step> Steps)
{
    /// <summary>Bytes as they are, head included.</summary>
    public static Script Raw(params Step[] steps) => new(steps);

    /// <summary>A response of status 200.</summary>
    public static Script Response(string contentType, Framing framing, params IEnumerable<Step> body) =>
        Response(200, [("content-type", contentType)], framing, body);

    /// <summary>A response; the framing adds its own header.</summary>
    public static Script Response(int status, IEnumerable<(string Name, string Value)> headers, Framing framing, params IEnumerable<Step> body)
    {
        var steps = body.ToList();
        var head = new StringBuilder($"HTTP/1.1 {status} Scripted\r\n");
        foreach (var (name, value) in headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        switch (framing)
        {
            case Framing.Chunked:
                head.Append("transfer-encoding: chunked\r\n\r\n");
                return new([head.ToString(), .. steps.Select(Chunk), "0\r\n\r\n"]);
            case Framing.Length:
                var length = steps.OfType<Step.Send>().Sum(send => (long)send.Bytes.Length);
                head.Append(CultureInfo.InvariantCulture, $"content-length: {length}\r\n\r\n");
                return new([head.ToString(), .. steps]);
            default:
                head.Append("connection: close\r\n\r\n");
                return new([head.ToString(), .. steps, new Step.Close()]);
        }
    }

    /// <summary>A JSON answer that is not streamed.</summary>
    public static Script Json(int status, string body) =>
        Response(status, [("content-type", "application/json")], Framing.Length, body);

    /// <summary>The same script with the bytes of each send cut into other writes: a read of the peer may end anywhere.</summary>
    public Script Written(Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut) =>
        new(Steps.SelectMany<Step, Step>(step => step is Step.Send send ? cut(send.Bytes).Select(part => new Step.Send(part)) : [step]).ToList());

    /// <summary>What is sent as a chunk of its own; other steps as they are.</summary>
    internal static Step Chunk(Step step)
    {
        if (step is not Step.Send { Bytes.Length: > 0 } send) return step;
        var size = Encoding.ASCII.GetBytes(send.Bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
        return new Step.Send((byte[])[.. size, .. send.Bytes.Span, (byte)'\r', (byte)'\n']);
    }
}
