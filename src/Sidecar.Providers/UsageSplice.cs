namespace Sidecar.Providers;

/// <summary>The smallest change of a request's body that makes it ask for usage (<c>stream_options.include_usage</c>); every other byte stays.</summary>
/// <param name="Start">Where it is made.</param>
/// <param name="Length">Bytes that go.</param>
public readonly record struct UsageSplice(int Start, int Length)
{
    private enum Form : byte
    {
        Member,
        Options,
        Option,
        OnlyOption,
        Flag,
    }

    private Form As { get; init; }

    /// <summary>What takes their place.</summary>
    public ReadOnlySpan<byte> Text => As switch
    {
        Form.Member => "\"stream_options\":{\"include_usage\":true},"u8,
        Form.Options => "{\"include_usage\":true}"u8,
        Form.Option => "\"include_usage\":true,"u8,
        Form.OnlyOption => "\"include_usage\":true"u8,
        _ => "true"u8,
    };

    /// <summary>A member of the body, before its first.</summary>
    internal static UsageSplice Member(int start) => new(start, 0) { As = Form.Member };

    /// <summary>Reads the value of <c>stream_options</c>; null where it asks already, or is what we cannot change.</summary>
    internal static UsageSplice? OfOptions(ref JsonCursor json, out bool? asks)
    {
        asks = null;
        if (json.IsNull) return new UsageSplice(json.Start, json.End - json.Start) { As = Form.Options };
        if (!json.EnterObject()) return null;
        UsageSplice? found = new UsageSplice(json.Start + 1, 0) { As = Form.OnlyOption };
        var isKnown = false;
        while (json.NextProperty(out var name))
        {
            if (!name.SequenceEqual("include_usage"u8))
            {
                if (found is { As: Form.OnlyOption } first) found = first with { As = Form.Option };
                json.Skip();
                continue;
            }
            var isChangeable = !isKnown && (json.IsBool || json.IsNull);
            isKnown = true;
            asks = json.Bool();
            found = isChangeable && asks != true ? new UsageSplice(json.Start, json.End - json.Start) { As = Form.Flag } : null;
        }
        return found;
    }
}
