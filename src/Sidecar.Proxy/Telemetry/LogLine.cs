using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Sidecar.Proxy.Telemetry;

/// <summary>One line being written: JSON that starts and ends as an object and is followed by a line feed. Reused.</summary>
internal sealed class LogLine : IDisposable
{
    private const int InitialBytes = 1024;
    private const int MostKeptBytes = 8 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(InitialBytes);
    private readonly Utf8JsonWriter _json;

    public LogLine() => _json = new Utf8JsonWriter(_bytes);

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Whether it is small enough to be kept for another line.</summary>
    public bool IsReusable => _bytes.Capacity <= MostKeptBytes;

    /// <summary>Opens the object with its time.</summary>
    public void Start(DateTimeOffset time)
    {
        _bytes.ResetWrittenCount();
        _json.Reset(_bytes);
        _json.WriteStartObject();
        Span<byte> text = stackalloc byte[32];
        time.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        _json.WriteString("time"u8, text[..length]);
    }

    /// <summary>Writes a text, cut to its first <paramref name="most"/> characters; null for null.</summary>
    public void Text(ReadOnlySpan<byte> name, string? value, int most)
    {
        if (value is null) _json.WriteNull(name);
        else _json.WriteString(name, value.AsSpan(0, Math.Min(value.Length, most)));
    }

    /// <inheritdoc cref="Text(ReadOnlySpan{byte}, string?, int)"/>
    public void Text(string name, string? value, int most)
    {
        if (value is null) _json.WriteNull(name);
        else _json.WriteString(name, value.AsSpan(0, Math.Min(value.Length, most)));
    }

    public void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is null) _json.WriteNull(name);
        else _json.WriteNumber(name, value.Value);
    }

    public void Number(ReadOnlySpan<byte> name, double? value)
    {
        if (value is null) _json.WriteNull(name);
        else _json.WriteNumber(name, value.Value);
    }

    public void Number(ReadOnlySpan<byte> name, decimal? value)
    {
        if (value is null) _json.WriteNull(name);
        else _json.WriteNumber(name, value.Value);
    }

    /// <summary>Closes the object and the line.</summary>
    public void Finish()
    {
        _json.WriteEndObject();
        _json.Flush();
        _bytes.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();
}
