using System.Text;
using System.Text.Json;

namespace Sidecar.Providers.Tests;

/// <summary>A text of an event as a client sees it.</summary>
internal readonly record struct Seen(ChannelKind Kind, int Choice, int Part, string Text, bool Whole = false, bool Complete = false)
{
    public Channel Channel => new(Kind, Choice, Part);

    /// <summary>Decodes every range, and checks that each lies inside a string or covers a JSON value.</summary>
    public static List<Seen> In(EventMeaning meaning, ReadOnlySpan<byte> data)
    {
        var seen = new List<Seen>();
        foreach (var text in meaning.Texts)
        {
            Assert.True(text.Length > 0);
            var raw = data.Slice(text.Start, text.Length);
            Assert.Equal(text.Escaped, raw.Contains((byte)'\\'));
            var isString = text.Start > 0 && data[text.Start - 1] == '"' && data[text.Start + text.Length] == '"';
            Assert.Equal(!text.Json, isString);
            Assert.True(text.Complete || !text.Json);
            var decoded = isString && text.Escaped ? Unescape(raw) : Encoding.UTF8.GetString(raw);
            seen.Add(new Seen(text.Channel.Kind, text.Channel.Choice, text.Channel.Part, decoded, text.Whole, text.Complete));
        }
        return seen;
    }

    private static string Unescape(ReadOnlySpan<byte> raw)
    {
        byte[] quoted = [(byte)'"', .. raw, (byte)'"'];
        using var document = JsonDocument.Parse(quoted);
        return document.RootElement.GetString()!;
    }
}

/// <summary>One event or body read by a dialect.</summary>
internal sealed class Reading
{
    private readonly byte[] _data;

    private Reading(byte[] data, EventMeaning meaning)
    {
        _data = data;
        Meaning = meaning;
        foreach (var seen in Seen.In(meaning, data)) (seen.Kind == ChannelKind.Other ? Others : Texts).Add(seen);
    }

    public EventMeaning Meaning { get; }

    /// <summary>What the dialect knows as text.</summary>
    public List<Seen> Texts { get; } = [];

    /// <summary>The other strings.</summary>
    public List<Seen> Others { get; } = [];

    public EventTraits Traits => Meaning.Traits;
    public string FinishReason => Slice(Meaning.FinishReason);
    public string ErrorType => Slice(Meaning.ErrorType);
    public (long Input, long Output, long Cached, long Reasoning) Usage =>
        (Meaning.Usage.Input, Meaning.Usage.Output, Meaning.Usage.Cached, Meaning.Usage.Reasoning);

    public static Reading Event(Dialect dialect, string data, string eventName = "")
    {
        var meaning = new EventMeaning();
        var bytes = Encoding.UTF8.GetBytes(data);
        dialect.ReadEvent(bytes, Encoding.UTF8.GetBytes(eventName), meaning);
        return new Reading(bytes, meaning);
    }

    public static Reading Body(Dialect dialect, string body)
    {
        var meaning = new EventMeaning();
        var bytes = Encoding.UTF8.GetBytes(body);
        dialect.ReadBody(bytes, meaning);
        return new Reading(bytes, meaning);
    }

    /// <summary>What spells the texts out, with its choice.</summary>
    public List<(string Json, int Choice)> Spellings => [.. Meaning.Spellings.ToArray().Select(s => (Slice((s.Start, s.Length)), s.Choice))];

    public List<Closing> Closings => [.. Meaning.Closings];

    private string Slice((int Start, int Length) range) => Encoding.UTF8.GetString(_data, range.Start, range.Length);
}
