using System.Buffers;

namespace Sidecar.Providers;

/// <summary>
/// The ending of one stream that moderation cuts short, in the form in which its dialect's official SDKs finish normally: the choices that
/// are open end as filtered, no tool call looks complete, and the dialect's last event follows. It knows what the client was sent, and
/// nothing else.
/// </summary>
public abstract class ModeratedEnding
{
    /// <summary>Bytes of a stream's texts and objects that are kept. What exceeds them is missing in the ending.</summary>
    public const int MaxKept = 1 << 20;

    private protected ModeratedEnding()
    {
    }

    /// <summary>Whether the client was sent the dialect's last event.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether nothing follows an event that is <see cref="EventTraits.End"/>.</summary>
    private protected virtual bool IsEndSure => true;

    /// <summary>An ending for a stream that begins. Without a dialect there is none: the stream just stops.</summary>
    public static ModeratedEnding Of(Dialect? dialect) => dialect switch
    {
        OpenAIChat => new OpenAIChunkEnding(isChat: true),
        OpenAICompletions => new OpenAIChunkEnding(isChat: false),
        OpenAIResponses => new OpenAIResponsesEnding(),
        AnthropicMessages => new AnthropicEnding(),
        Gemini => new GeminiEnding(),
        Ollama => new OllamaEnding(),
        _ => new NoEnding(),
    };

    /// <summary>
    /// Whether <see cref="Observe"/> would learn anything from an event: of most deltas it would not. It may be asked of an event before
    /// those in front of it are observed, and then says yes rather too often.
    /// </summary>
    public bool Learns(EventMeaning meaning) => !IsEnded && (!meaning.Closings.IsEmpty || IsNews(meaning));

    /// <summary>Takes note of an event that the client is sent.</summary>
    /// <param name="data">The event's data as sent.</param>
    /// <param name="meaning">What the dialect reads in exactly this data: an event that was rewritten is read again.</param>
    public void Observe(ReadOnlySpan<byte> data, EventMeaning meaning)
    {
        if ((meaning.Traits & EventTraits.NotJson) != 0) return;
        IsEnded |= IsEndSure && (meaning.Traits & EventTraits.End) != 0;
        if (!IsEnded) Note(data, meaning);
    }

    /// <summary>Writes the ending; nothing but the framing's own end where the dialect's last event was sent.</summary>
    /// <param name="writer">Receives the bytes.</param>
    /// <param name="framing">How the stream's events are framed. The stream stands between two events.</param>
    public void Write(IBufferWriter<byte> writer, ErrorFraming framing)
    {
        var frames = new EventFrames(writer, framing);
        if (!IsEnded) Write(ref frames);
        frames.Close();
        IsEnded = true;
    }

    /// <summary>Whether there is something to note in an event that closes nothing.</summary>
    private protected abstract bool IsNews(EventMeaning meaning);

    /// <summary>Takes note of an event, which is JSON and not the last.</summary>
    private protected abstract void Note(ReadOnlySpan<byte> data, EventMeaning meaning);

    /// <summary>Writes the events.</summary>
    private protected abstract void Write(ref EventFrames frames);

    private sealed class NoEnding : ModeratedEnding
    {
        private protected override bool IsNews(EventMeaning meaning) => false;

        private protected override void Note(ReadOnlySpan<byte> data, EventMeaning meaning)
        {
        }

        private protected override void Write(ref EventFrames frames)
        {
        }
    }
}
