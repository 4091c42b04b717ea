using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>A dialect whose events and bodies are JSON: all that is known today.</summary>
public abstract class JsonDialect : Dialect
{
    private protected JsonDialect()
    {
    }

    /// <inheritdoc/>
    /// <remarks>Data that is not JSON tells nothing but its malformation, so that half an event is never taken for one.</remarks>
    public sealed override void ReadEvent(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventName, EventMeaning meaning)
    {
        meaning.Reset();
        if (IsEndMarker(data))
        {
            meaning.Traits = EventTraits.End;
            meaning.Add(Closing.Everything);
            return;
        }
        // SDKs raise on the name alone, and pass pings by without a look at their data.
        var named = eventName.SequenceEqual("error"u8) ? EventTraits.Error
            : eventName.SequenceEqual("ping"u8) ? EventTraits.Ping
            : EventTraits.None;
        if (data.IsEmpty && named == EventTraits.Ping) meaning.Traits = named;
        else Read(data, eventName, named, isBody: false, meaning);
        if (meaning.HasContent) meaning.Traits &= ~EventTraits.Ping;
        if (IsEndSure && (meaning.Traits & EventTraits.End) != 0) meaning.Add(Closing.Everything);
    }

    /// <inheritdoc/>
    /// <remarks>A body has no end marker, and each of its texts ends with it.</remarks>
    public sealed override void ReadBody(ReadOnlySpan<byte> body, EventMeaning meaning)
    {
        meaning.Reset();
        Read(body, default, EventTraits.None, isBody: true, meaning);
        meaning.Traits &= EventTraits.Error | EventTraits.Malformed | EventTraits.NotJson | EventTraits.Overfull;
        meaning.ForgetClosings();
    }

    /// <summary>Whether the data is an end marker that is not JSON.</summary>
    private protected virtual bool IsEndMarker(ReadOnlySpan<byte> data) => false;

    /// <summary>Whether nothing follows an event that is <see cref="EventTraits.End"/>.</summary>
    private protected virtual bool IsEndSure => true;

    /// <summary>Reads the document's value, on which the cursor stands.</summary>
    private protected abstract void ReadRoot(ref JsonCursor json, ReadOnlySpan<byte> eventName, bool isBody, EventMeaning meaning);

    private void Read(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventName, EventTraits named, bool isBody, EventMeaning meaning)
    {
        var json = new JsonCursor(data, stackalloc byte[JsonCursor.ScratchLength], meaning);
        try
        {
            json.Open();
            if (json.IsNull) json.Refuse();
            else ReadRoot(ref json, eventName, isBody, meaning);
            json.Close();
            meaning.Traits |= named;
            if (json.Mismatch) meaning.Traits |= EventTraits.Malformed;
            meaning.SetSpelledChoice(0);
            meaning.BoundOthers();
        }
        catch (JsonException)
        {
            meaning.Reset();
            meaning.Traits = named | EventTraits.Malformed | EventTraits.NotJson;
        }
    }
}
