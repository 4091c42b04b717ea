using System.Globalization;
using System.Text;

namespace Sidecar.Load.Provider;

/// <summary>Gathers one request at a time, head and body.</summary>
internal sealed class RequestText
{
    private readonly StringBuilder _text = new();

    /// <summary>Takes bytes; the request when they complete it, else null.</summary>
    public string? Add(ReadOnlySpan<byte> bytes)
    {
        _text.Append(Encoding.ASCII.GetString(bytes));
        var text = _text.ToString();
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0 || !IsComplete(text, end + 4)) return null;
        _text.Clear();
        return text;
    }

    private static bool IsComplete(string text, int body)
    {
        var length = Field(text[..body], "content-length: ");
        if (length is not null) return text.Length - body >= int.Parse(length, CultureInfo.InvariantCulture);
        return Field(text[..body], "transfer-encoding: ") is null || text.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
    }

    private static string? Field(string head, string name)
    {
        var at = head.IndexOf("\r\n" + name, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        at += 2 + name.Length;
        return head[at..head.IndexOf('\r', at)];
    }
}
