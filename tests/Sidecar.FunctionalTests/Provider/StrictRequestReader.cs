using System.Globalization;
using System.Text;

namespace Sidecar.FunctionalTests.Provider;

/// <summary>What a strict origin refuses.</summary>
public sealed class ProtocolViolationException(string message) : Exception(message);

/// <summary>
/// Reads requests as RFC 9112 spells them, and nothing looser: an origin of our own reading, not the product's,
/// so that what the product forwards by mistake is seen.
/// </summary>
public sealed class StrictRequestReader(Stream stream, int connection)
{
    private const int LongestLine = 64 * 1024;
    private readonly byte[] _chunk = new byte[64 * 1024];
    private readonly List<byte> _buffer = [];

    /// <summary>Whether bytes stand read that belong to no request yet.</summary>
    public bool HasUnread => _buffer.Count > 0;

    /// <summary>Reads more; false at the peer's end, however it came.</summary>
    public async Task<bool> MoreAsync()
    {
        try
        {
            var count = await stream.ReadAsync(_chunk);
            _buffer.AddRange(_chunk.AsSpan(0, count));
            return count > 0;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The next request; null when the peer closed between two.</summary>
    public async Task<ReceivedRequest?> ReadAsync()
    {
        while (_buffer.Count == 0)
        {
            if (!await MoreAsync()) return null;
        }
        var (method, target) = RequestLine(await LineAsync());
        var headers = await FieldsAsync();
        var (body, trailers) = await BodyAsync(headers);
        return new ReceivedRequest(connection, method, target, headers, body, trailers);
    }

    private static (string Method, string Target) RequestLine(string line)
    {
        var parts = line.Split(' ');
        if (parts.Length != 3) throw new ProtocolViolationException($"request line has {parts.Length} parts: {line}");
        if (!IsToken(parts[0])) throw new ProtocolViolationException($"method is no token: {line}");
        if (parts[1].Length == 0 || parts[1].Any(c => c is <= ' ' or '\x7f')) throw new ProtocolViolationException($"odd target: {line}");
        if (parts[1][0] != '/' && parts[1] != "*") throw new ProtocolViolationException($"target is not origin-form: {line}");
        if (parts[2] != "HTTP/1.1") throw new ProtocolViolationException($"odd version: {line}");
        return (parts[0], parts[1]);
    }

    private async Task<List<(string Name, string Value)>> FieldsAsync()
    {
        var fields = new List<(string, string)>();
        while (await LineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || !IsToken(line[..colon])) throw new ProtocolViolationException($"odd field line: {line}");
            var value = line[(colon + 1)..].Trim(' ', '\t');
            if (value.Any(c => c is (< ' ' and not '\t') or '\x7f')) throw new ProtocolViolationException($"control in a field value: {line}");
            fields.Add((line[..colon], value));
        }
        return fields;
    }

    private async Task<(byte[] Body, IReadOnlyList<(string, string)> Trailers)> BodyAsync(List<(string Name, string Value)> headers)
    {
        string[] Values(string name) => headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToArray();
        var lengths = Values("content-length");
        var codings = Values("transfer-encoding");
        if (Values("host").Length != 1) throw new ProtocolViolationException($"{Values("host").Length} Host fields");
        if (lengths.Length + codings.Length > 1) throw new ProtocolViolationException("more than one framing field");
        if (codings.Length == 1)
        {
            if (codings[0] != "chunked") throw new ProtocolViolationException($"transfer-encoding: {codings[0]}");
            return await ChunksAsync();
        }
        if (lengths.Length == 0) return ([], []);
        if (lengths[0].Length is 0 or > 18 || !lengths[0].All(char.IsAsciiDigit)) throw new ProtocolViolationException($"content-length: {lengths[0]}");
        return (await BytesAsync(int.Parse(lengths[0], CultureInfo.InvariantCulture)), []);
    }

    private async Task<(byte[] Body, IReadOnlyList<(string, string)> Trailers)> ChunksAsync()
    {
        var body = new List<byte>();
        while (true)
        {
            var line = await LineAsync();
            if (line.Length is 0 or > 15 || !line.All(char.IsAsciiHexDigit)) throw new ProtocolViolationException($"chunk size line: {line}");
            var size = int.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0) return (body.ToArray(), await FieldsAsync());
            body.AddRange(await BytesAsync(size));
            if ((await LineAsync()).Length > 0) throw new ProtocolViolationException("bytes behind a chunk's data");
        }
    }

    private async Task<byte[]> BytesAsync(int count)
    {
        while (_buffer.Count < count)
        {
            if (!await MoreAsync()) throw new ProtocolViolationException($"closed in a body, {count - _buffer.Count} bytes short");
        }
        return Take(count);
    }

    private async Task<string> LineAsync()
    {
        var searched = 0;
        while (true)
        {
            var end = _buffer.IndexOf((byte)'\n', searched);
            if (end == 0 || (end > 0 && _buffer[end - 1] != '\r')) throw new ProtocolViolationException("bare LF");
            if (end > 0)
            {
                var line = Encoding.Latin1.GetString(Take(end + 1), 0, end - 1);
                return line.Contains('\r', StringComparison.Ordinal) ? throw new ProtocolViolationException($"bare CR: {line}") : line;
            }
            searched = _buffer.Count;
            if (searched > LongestLine) throw new ProtocolViolationException("a line without end");
            if (!await MoreAsync()) throw new ProtocolViolationException("closed in a head");
        }
    }

    private byte[] Take(int count)
    {
        var taken = _buffer[..count].ToArray();
        _buffer.RemoveRange(0, count);
        return taken;
    }

    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
