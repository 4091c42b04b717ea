using Sidecar.Providers;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>
/// The strings of one stream that no dialect knows. Each may be a text in pieces, which goes on at the same place in the next event, and is held like
/// any other. A value that comes again and again is no text but a field, and does not wait for what follows.
/// </summary>
internal sealed class UnknownTexts
{
    // As many equal pieces in a row hardly begin a match; and a field waits this often, once.
    private const int TimesOfAField = 4;
    private const int MaxRemembered = 64;

    private readonly Value[] _last = new Value[MaxRemembered];
    private readonly Queue<int> _places = [];

    /// <summary>Starts with another event.</summary>
    public void Begin(ReadOnlySpan<byte> data, EventMeaning meaning)
    {
        _places.Clear();
        foreach (ref readonly var text in meaning.Texts)
        {
            if (!IsUnknown(text)) continue;
            Find(data, meaning);
            return;
        }
    }

    /// <summary>Whether a text is one of these.</summary>
    public static bool IsUnknown(in TextRange text) => text.Channel.Kind == ChannelKind.Other && !Policy.StandsAlone(text);

    /// <summary>The event's next one, as a piece of the text that it continues.</summary>
    public TextRange Next(in TextRange text) => text with { Channel = text.Channel with { Part = _places.Dequeue() } };

    /// <summary>Takes the value that stands at a channel's place; whether it is a field's.</summary>
    public bool IsField(in Channel channel, ReadOnlySpan<byte> value)
    {
        var hash = new HashCode();
        hash.AddBytes(value);
        var now = new Value(channel, hash.ToHashCode(), 1);
        ref var last = ref _last[(uint)channel.GetHashCode() % MaxRemembered];
        if (last.Channel == channel && last.Hash == now.Hash) now = now with { Times = Math.Min(last.Times + 1, TimesOfAField) };
        last = now;
        return now.Times == TimesOfAField;
    }

    private void Find(ReadOnlySpan<byte> data, EventMeaning meaning)
    {
        var places = new JsonPlaces(data);
        foreach (ref readonly var text in meaning.Texts)
        {
            if (IsUnknown(text)) _places.Enqueue(places.Of(text.Start) & int.MaxValue);
        }
    }

    private readonly record struct Value(Channel Channel, int Hash, int Times);
}
