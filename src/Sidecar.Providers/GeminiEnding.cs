using System.Buffers;

namespace Sidecar.Providers;

/// <summary>
/// Of Gemini: one chunk in which every candidate was blocked for safety. A finish reason that was sent before is no end, so it overrules it.
/// </summary>
internal sealed class GeminiEnding : ModeratedEnding
{
    private UInt128 _seen;
    private byte[] _identity = [];

    private protected override bool IsEndSure => false;

    private protected override bool IsNews(EventMeaning meaning) => (meaning.Choices & ~_seen) != 0;

    private protected override void Note(ReadOnlySpan<byte> data, EventMeaning meaning)
    {
        if (_seen == 0 && meaning.Choices != 0)
        {
            var members = new ArrayBufferWriter<byte>();
            RawMembers.Fill(members, """{"modelVersion":null,"responseId":null}"""u8, data);
            _identity = members.WrittenSpan.ToArray();
        }
        _seen |= meaning.Choices;
    }

    private protected override void Write(ref EventFrames frames)
    {
        frames.Begin(default);
        frames.Writer.Write("{"u8);
        frames.Writer.Write(_identity);
        WriteCandidates(frames.Writer, _seen);
        frames.Writer.Write("}"u8);
        frames.End();
    }

    /// <summary>Writes the member <c>candidates</c>: the given ones, or the first if none is given.</summary>
    public static void WriteCandidates(IBufferWriter<byte> writer, UInt128 candidates)
    {
        if (candidates == 0) candidates = 1;
        writer.Write("\"candidates\":["u8);
        for (var rest = candidates; rest != 0; rest &= rest - 1)
        {
            if (rest != candidates) writer.Write(","u8);
            writer.Write("{\"finishReason\":\"SAFETY\",\"index\":"u8);
            writer.WriteNumber((int)UInt128.TrailingZeroCount(rest));
            writer.Write("}"u8);
        }
        writer.Write("]"u8);
    }
}
