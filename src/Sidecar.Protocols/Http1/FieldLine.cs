using System.Buffers;

namespace Sidecar.Protocols.Http1;

/// <summary>Reads one field line, <c>field-name ":" OWS field-value OWS</c> (RFC 9112 §5).</summary>
internal static class FieldLine
{
    /// <param name="line">The line without its CRLF.</param>
    /// <param name="offset">Where the line starts in the buffer that the ranges refer to.</param>
    /// <param name="trimName">
    /// Whether white space before the colon is removed rather than refused: a proxy removes it from a response and
    /// refuses it in a request (RFC 9112 §5.1).
    /// </param>
    /// <param name="field">The field, when the answer is <see cref="HttpError.None"/>.</param>
    public static HttpError Read(ReadOnlySpan<byte> line, int offset, bool trimName, out HeaderField field)
    {
        field = default;
        if (line[0] is (byte)' ' or (byte)'\t') return HttpError.ObsoleteFold;
        var colon = line.IndexOf((byte)':');
        if (colon <= 0) return HttpError.BadFieldName;
        var nameLength = colon;
        while (line[nameLength - 1] is (byte)' ' or (byte)'\t')
        {
            if (!trimName) return HttpError.SpaceBeforeColon;
            nameLength--;
        }
        var name = line[..nameLength];
        if (name.ContainsAnyExcept(Characters.Token)) return HttpError.BadFieldName;
        var start = colon + 1;
        var end = line.Length;
        while (start < end && line[start] is (byte)' ' or (byte)'\t') start++;
        while (end > start && line[end - 1] is (byte)' ' or (byte)'\t') end--;
        if (line[start..end].ContainsAny(Characters.Forbidden)) return HttpError.BadFieldValue;
        field.Name = new ByteRange(offset, nameLength);
        field.Value = new ByteRange(offset + start, end - start);
        field.Known = HeaderField.Identify(name);
        field.IsHopByHop = HeaderField.IsConnectionSpecific(field.Known);
        return HttpError.None;
    }
}
