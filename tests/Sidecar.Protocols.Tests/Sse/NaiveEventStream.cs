namespace Sidecar.Protocols.Tests.Sse;

/// <summary>
/// The parsing algorithm of WHATWG HTML §9.2.6 over a whole stream, written to be read beside it and for nothing else: the judge of the
/// scanner. Latin-1 text, one char a byte.
/// </summary>
public static class NaiveEventStream
{
    /// <summary>The events dispatched, in order. The last line counts only when its end has come; a CR there is such an end.</summary>
    public static List<(string Type, string Data)> Parse(string text)
    {
        const string Bom = "\u00ef\u00bb\u00bf";
        if (text.StartsWith(Bom, StringComparison.Ordinal)) text = text[Bom.Length..];
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        var events = new List<(string, string)>();
        string data = "", type = "";
        foreach (var line in lines[..^1])
        {
            if (line.Length == 0)
            {
                if (data.Length > 0) events.Add((type, data[..^1]));
                data = type = "";
                continue;
            }
            if (line[0] == ':') continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            if (value.StartsWith(' ')) value = value[1..];
            if (field == "event") type = value;
            else if (field == "data") data += value + "\n";
        }
        return events;
    }
}
