using System.Buffers;
using Sidecar.Moderation;
using Sidecar.Moderation.Text;
using Sidecar.Protocols;
using Sidecar.Protocols.Sse;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>
/// What an event says beside its data: its name, its id, fields that are unknown. A client hardly shows it, but it is the provider's text as well. Most
/// events say the same as the one before, which is not looked at again.
/// </summary>
internal sealed class OtherLines(ChannelTexts texts, Action<Hit> onFound)
{
    private const int MaxRemembered = 128;
    private const int LineEndsBytes = 4;

    private readonly byte[] _remembered = new byte[MaxRemembered];
    private readonly DataRewriter _rewriter = new();
    private int _rememberedLength;

    /// <summary>Looks at the lines of an event.</summary>
    public EventMarks LookAt(ReadOnlySpan<byte> bytes, in Frame frame)
    {
        var before = bytes[..frame.Data.Start];
        var isShort = bytes.Length - frame.Data.End <= LineEndsBytes;
        if (isShort && before.SequenceEqual(_remembered.AsSpan(0, _rememberedLength))) return EventMarks.None;
        var marks = LookAt(before);
        if (!isShort) marks |= LookAt(Behind(bytes, frame));
        if (marks == EventMarks.None && before.Length <= MaxRemembered)
        {
            before.CopyTo(_remembered);
            _rememberedLength = before.Length;
        }
        return marks;
    }

    /// <summary>The lines behind the first of the data.</summary>
    public static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> bytes, in Frame frame)
    {
        if (frame.DataLines == 1) return bytes[frame.Data.End..];
        var others = new ArrayBufferWriter<byte>();
        SseScanner.CopyOtherLines(bytes[frame.Data.End..], others);
        return others.WrittenSpan;
    }

    /// <summary>Writes lines with what is found in them replaced.</summary>
    public void Write(ReadOnlySpan<byte> lines, IBufferWriter<byte> output)
    {
        _rewriter.Clear();
        _rewriter.Apply(texts.Scan(lines, TextForm.Plain), 0, 0, lines.Length, onFound);
        _rewriter.Write(lines, output);
    }

    private EventMarks LookAt(ReadOnlySpan<byte> lines)
    {
        var scanner = texts.Scan(lines, TextForm.Plain);
        return scanner.IsTerminated ? EventMarks.Terminates : scanner.Edits.IsEmpty ? EventMarks.None : EventMarks.Touched;
    }
}
