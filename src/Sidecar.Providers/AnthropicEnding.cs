using System.Buffers;

namespace Sidecar.Providers;

/// <summary>Of Anthropic messages: a stop for each open block, then the message's refusal and its stop.</summary>
internal sealed class AnthropicEnding : ModeratedEnding
{
    // No answer has more at a time. Those past it get no stop of their own.
    private const int MaxOpenBlocks = 256;

    private readonly List<int> _open = [];
    private bool _isStarted;
    private bool _isStopped;
    private long _output;

    private protected override bool IsNews(EventMeaning meaning) => meaning.Landmark.Kind != LandmarkKind.None || meaning.Usage.Output >= 0;

    private protected override void Note(ReadOnlySpan<byte> data, EventMeaning meaning)
    {
        _isStarted |= meaning.Landmark.Kind == LandmarkKind.Message;
        var (isBlock, index) = (meaning.Landmark.Kind == LandmarkKind.Item, meaning.Landmark.Item);
        if (isBlock && _open.Count < MaxOpenBlocks && !_open.Contains(index)) _open.Add(index);
        foreach (ref readonly var closing in meaning.Closings)
        {
            if (closing.Part == Closing.All) _isStopped = true;
            else _open.Remove(closing.Part);
        }
        if (meaning.Usage.Output >= 0) _output = meaning.Usage.Output;
    }

    private protected override void Write(ref EventFrames frames)
    {
        if (!_isStarted)
        {
            Write(ref frames, "message_start"u8,
                """{"type":"message_start","message":{"id":"msg_moderated","type":"message","role":"assistant","model":"","content":[]"""u8
                + ""","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}}"""u8);
        }
        foreach (var index in _open)
        {
            frames.Begin("content_block_stop"u8);
            frames.Writer.Write("""{"type":"content_block_stop","index":"""u8);
            frames.Writer.WriteNumber(index);
            frames.Writer.Write("}"u8);
            frames.End();
        }
        if (!_isStopped)
        {
            frames.Begin("message_delta"u8);
            frames.Writer.Write("""{"type":"message_delta","delta":{"stop_reason":"refusal","stop_sequence":null},"usage":{"output_tokens":"""u8);
            frames.Writer.WriteNumber(_output);
            frames.Writer.Write("}}"u8);
            frames.End();
        }
        Write(ref frames, "message_stop"u8, """{"type":"message_stop"}"""u8);
    }

    private static void Write(ref EventFrames frames, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        frames.Begin(name);
        frames.Writer.Write(data);
        frames.End();
    }
}
