using System.Buffers;
using System.Text.Json;
using Sidecar.Providers;

namespace Sidecar.Proxy.Upstream;

/// <summary>Asks for another model than the client did: where its body or its path names one, and nothing else of them changes.</summary>
internal static class ModelRewrite
{
    /// <summary>Path and query, or null where they stay, and the body.</summary>
    public static (byte[]? Target, ReadOnlyMemory<byte> Body) Apply(string model, ReadOnlySpan<byte> target, ReadOnlyMemory<byte> body)
    {
        var name = JsonEncodedText.Encode(model).EncodedUtf8Bytes;
        return (InPath(System.Text.Encoding.UTF8.GetBytes(Uri.EscapeDataString(model)), target), InBody(name, body));
    }

    private static byte[]? InPath(ReadOnlySpan<byte> model, ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        var named = DialectPaths.Model(query < 0 ? target : target[..query]);
        if (named.IsEmpty) return null;
        // Where it stands, not the first text that looks like it.
        target.Overlaps(named, out var start);
        return [.. target[..start], .. model, .. target[(start + named.Length)..]];
    }

    private static ReadOnlyMemory<byte> InBody(ReadOnlySpan<byte> model, ReadOnlyMemory<byte> body)
    {
        var (start, length) = RequestShape.Read(body.Span).Model;
        if (length == 0) return body;
        var rewritten = new ArrayBufferWriter<byte>(body.Length - length + model.Length);
        rewritten.Write(body.Span[..start]);
        rewritten.Write(model);
        rewritten.Write(body.Span[(start + length)..]);
        return rewritten.WrittenMemory;
    }
}
