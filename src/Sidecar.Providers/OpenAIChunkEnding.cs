using System.Buffers;

namespace Sidecar.Providers;

/// <summary>Of OpenAI chat completions and completions: a chunk for each open choice, then <c>[DONE]</c>.</summary>
/// <param name="isChat">Whether choices have deltas, else texts.</param>
internal sealed class OpenAIChunkEnding(bool isChat) : ModeratedEnding
{
    private UInt128 _seen;
    private UInt128 _finished;
    private byte[] _identity = [];

    private ReadOnlySpan<byte> Template => isChat
        ? """{"id":"chatcmpl-moderated","object":"chat.completion.chunk","created":0,"model":"","system_fingerprint":null}"""u8
        : """{"id":"cmpl-moderated","object":"text_completion","created":0,"model":"","system_fingerprint":null}"""u8;

    private protected override bool IsNews(EventMeaning meaning) => (meaning.Choices & ~_seen) != 0;

    private protected override void Note(ReadOnlySpan<byte> data, EventMeaning meaning)
    {
        // Azure's first chunk speaks of no choice and has no id.
        if (_seen == 0 && meaning.Choices != 0) _identity = Identity(data);
        _seen |= meaning.Choices;
        foreach (ref readonly var closing in meaning.Closings)
        {
            if (closing.Choice is >= 0 and < 128) _finished |= UInt128.One << closing.Choice;
        }
    }

    private protected override void Write(ref EventFrames frames)
    {
        // The npm SDK's helper wants a role of a choice that it has not seen.
        var isNew = _seen == 0;
        if (isNew) (_seen, _identity) = (1, Identity(default));
        for (var open = _seen & ~_finished; open != 0; open &= open - 1)
        {
            frames.Begin(default);
            WriteChunk(frames.Writer, (int)UInt128.TrailingZeroCount(open), isNew);
            frames.End();
        }
        // SSE's end, which is no JSON.
        if (frames.Framing != ErrorFraming.Sse) return;
        frames.Begin(default);
        frames.Writer.Write("[DONE]"u8);
        frames.End();
    }

    private void WriteChunk(IBufferWriter<byte> writer, int choice, bool isNew)
    {
        writer.Write("{"u8);
        writer.Write(_identity);
        writer.Write("\"choices\":[{\"index\":"u8);
        writer.WriteNumber(choice);
        writer.Write(!isChat ? ",\"text\":\"\""u8
            : isNew ? ",\"delta\":{\"role\":\"assistant\",\"content\":\"\"}"u8
            : ",\"delta\":{}"u8);
        writer.Write(",\"logprobs\":null,\"finish_reason\":\"content_filter\"}]}"u8);
    }

    private byte[] Identity(ReadOnlySpan<byte> data)
    {
        var members = new ArrayBufferWriter<byte>();
        RawMembers.Fill(members, Template, data);
        return members.WrittenSpan.ToArray();
    }
}
