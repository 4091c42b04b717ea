using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>The kinds of single values, each with its text form.</summary>
internal static class Scalars
{
    public const long KB = 1024;
    public const long MB = 1024 * KB;
    public const long GB = 1024 * MB;

    private static readonly (string Unit, long Factor)[] SizeUnits =
        [("GiB", GB), ("GB", GB), ("MiB", MB), ("MB", MB), ("KiB", KB), ("KB", KB), ("B", 1), ("", 1)];

    private static readonly (string Unit, long Factor)[] DurationUnits =
        [("ms", 1), ("h", 3_600_000), ("m", 60_000), ("s", 1000)];

    /// <summary>Bytes: <c>64KB</c>, <c>1MiB</c>, <c>4096</c>; all units are powers of 1024.</summary>
    public static Kind<long> Size(long least, long most)
    {
        var expected = $"must be a size such as `64KB`, from {SizeText(least)} to {SizeText(most)}";
        return new ScalarKind<long>(
            (string text, out long value) => TryQuantity(text, SizeUnits, out value) && value >= least && value <= most ? null : expected,
            (writer, value) => writer.WriteStringValue(SizeText(value)),
            $$"""{"type":"integer","minimum":{{least}},"maximum":{{most}}}""",
            """{"type":"string","pattern":"^[0-9]+(([KMG]i?)?B)?$"}""");
    }

    /// <summary><c>250ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>; <c>0</c> only where <paramref name="least"/> is 0.</summary>
    public static Kind<TimeSpan> Duration(TimeSpan least, TimeSpan most)
    {
        var expected = $"must be a duration such as `250ms`, `5s` or `2m`, from {DurationText(least)} to {DurationText(most)}";
        return new ScalarKind<TimeSpan>(
            (string text, out TimeSpan value) =>
            {
                value = TimeSpan.Zero;
                if (text == "0" || TryQuantity(text, DurationUnits, out var milliseconds) && Within(milliseconds, most, out value))
                    return value >= least && value <= most ? null : expected;
                return expected;
            },
            (writer, value) => writer.WriteStringValue(DurationText(value)),
            [.. least == TimeSpan.Zero ? ["""{"const":0}""", "{\"const\":\"0\"}"] : Array.Empty<string>(),
                """{"type":"string","pattern":"^[0-9]+(ms|s|m|h)$"}"""]);
    }

    /// <summary><c>80%</c>.</summary>
    public static Kind<int> Percentage(int least)
    {
        var expected = $"must be a percentage from {least}% to 100%";
        return new ScalarKind<int>(
            (string text, out int value) => TryInteger(text.EndsWith('%') ? text[..^1] : "", least, 100, out value) ? null : expected,
            (writer, value) => writer.WriteStringValue($"{value}%"),
            """{"type":"string","pattern":"^[0-9]{1,3}%$"}""");
    }

    /// <summary>A count.</summary>
    public static Kind<int> Whole(int least, int most)
    {
        var expected = $"must be a whole number from {least} to {most}";
        return new ScalarKind<int>(
            (string text, out int value) => TryInteger(text, least, most, out value) ? null : expected,
            (writer, value) => writer.WriteNumberValue(value),
            $$"""{"type":"integer","minimum":{{least}},"maximum":{{most}}}""");
    }

    /// <summary>Any finite number.</summary>
    public static readonly Kind<double> Number = new ScalarKind<double>(
        (string text, out double value) =>
            double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out value) && double.IsFinite(value) ? null : "must be a number",
        (writer, value) => writer.WriteNumberValue(value),
        """{"type":"number"}""");

    /// <summary>Dollars: never a binary fraction.</summary>
    public static readonly Kind<decimal> Dollars = new ScalarKind<decimal>(
        (string text, out decimal value) =>
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value <= 1_000_000_000
                ? null
                : "must be an amount of dollars such as `25` or `0.5`",
        (writer, value) => writer.WriteNumberValue(value),
        """{"type":"number","minimum":0,"maximum":1000000000}""");

    /// <summary>YAML 1.2 core booleans: <c>true</c>, <c>false</c>.</summary>
    public static readonly Kind<bool> Bool = new ScalarKind<bool>(
        (string text, out bool value) =>
        {
            value = text is "true" or "True" or "TRUE";
            return value || text is "false" or "False" or "FALSE" ? null : "must be `true` or `false`";
        },
        (writer, value) => writer.WriteBooleanValue(value),
        """{"type":"boolean"}""");

    /// <summary>One of several words.</summary>
    public static Kind<E> Choice<E>(params (string Word, E Value)[] choices)
    {
        var words = Array.ConvertAll(choices, choice => choice.Word);
        var expected = $"must be {string.Join(" or ", words.Select(word => $"`{word}`"))}";
        return new ScalarKind<E>(
            (string text, out E value) =>
            {
                var index = Array.IndexOf(words, text);
                value = index < 0 ? default! : choices[index].Value;
                return index >= 0 ? null : expected + Shown.Suggestion(text, words);
            },
            (writer, value) => writer.WriteStringValue(Array.Find(choices, choice => Equals(choice.Value, value)).Word),
            $$"""{"enum":[{{string.Join(',', words.Select(word => $"\"{word}\""))}}]}""");
    }

    /// <summary>
    /// <c>HOST:PORT</c> of this machine: an address, <c>localhost</c>, or nothing for every address. Port 0: any free one.
    /// </summary>
    public static readonly Kind<IPEndPoint> Endpoint = new ScalarKind<IPEndPoint>(
        ParseEndpoint,
        (writer, value) => writer.WriteStringValue(value.ToString()),
        """{"type":"string","pattern":"^([0-9.]*|localhost|\\[[0-9A-Fa-f:.%]+\\]):[0-9]{1,5}$"}""");

    /// <summary>The base of an upstream's URLs.</summary>
    public static readonly Kind<Uri> Url = new ScalarKind<Uri>(
        ParseUrl,
        (writer, value) => writer.WriteStringValue(value.UserInfo.Length == 0
            ? value.AbsoluteUri
            : $"{value.Scheme}://{Shown.Redacted}@{value.Authority}{value.AbsolutePath}"),
        """{"type":"string","pattern":"^[Hh][Tt][Tt][Pp][Ss]?://[^?#@\\s]+$"}""");

    private static string? ParseUrl(string text, out Uri value)
    {
        value = null!;
        if (text.AsSpan().ContainsAny(['?', '#']))
            return "a URL here has no query and no fragment";
        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\') || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https") || url.Host.Length == 0 || url.Port == 0)
            return "must be a URL such as `https://host:port/path`";
        value = url;
        return text.Contains('@', StringComparison.Ordinal) ? "a URL here has no user and no `@`; a secret belongs in `credential`" : null;
    }

    private static string? ParseEndpoint(string text, out IPEndPoint value)
    {
        const string Expected = "must be HOST:PORT such as `0.0.0.0:8080`, `[::]:8080`, `localhost:0` or `:8080`";
        value = null!;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !TryInteger(text[(colon + 1)..], 0, ushort.MaxValue, out var port))
            return Expected;
        var host = text[..colon];
        var bracketed = host is ['[', .., ']'];
        var address = host switch
        {
            "" => IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(bracketed ? host[1..^1] : host, out var parsed) ? parsed : null,
        };
        if (address is null)
            return host.Contains(':', StringComparison.Ordinal) || bracketed ? Expected : $"{Expected}; of names only `localhost` is known";
        // The platform reads `1` and `0x7f.1` as addresses too.
        var exact = address.AddressFamily == AddressFamily.InterNetworkV6 ? bracketed : address.ToString() == host;
        if (host is not ("" or "localhost") && !exact)
            return Expected;
        value = new IPEndPoint(address, port);
        return null;
    }

    private static bool Within(long milliseconds, TimeSpan most, out TimeSpan value)
    {
        var within = milliseconds <= most.TotalMilliseconds;
        value = within ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.Zero;
        return within;
    }

    private static bool TryQuantity(string text, (string Unit, long Factor)[] units, out long value)
    {
        value = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var length = digits < 0 ? text.Length : digits;
        var (unit, factor) = Array.Find(units, known => text.AsSpan(length).SequenceEqual(known.Unit));
        if (unit is null || !long.TryParse(text.AsSpan(0, length), NumberStyles.None, CultureInfo.InvariantCulture, out value))
            return false;
        if (value > long.MaxValue / factor)
            return false;
        value *= factor;
        return true;
    }

    private static bool TryInteger(string text, int least, int most, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;

    private static string SizeText(long size)
    {
        var (unit, factor) = Array.Find(
            SizeUnits, known => known.Unit is "GB" or "MB" or "KB" && size >= known.Factor && size % known.Factor == 0);
        return unit is null ? $"{size}B" : $"{size / factor}{unit}";
    }

    private static string DurationText(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        if (milliseconds == 0)
            return "0s";
        var (unit, factor) = DurationUnits.Where(known => milliseconds % known.Factor == 0).MaxBy(known => known.Factor);
        return $"{milliseconds / factor}{unit}";
    }
}
