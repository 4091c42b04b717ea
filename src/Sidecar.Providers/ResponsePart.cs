using System.Buffers;

namespace Sidecar.Providers;

/// <summary>A part of an output item, or the arguments of a call.</summary>
/// <param name="channel">The text in it.</param>
internal sealed class ResponsePart(Channel channel)
{
    /// <summary>The text in it.</summary>
    public Channel Channel => channel;

    /// <summary>What the client was sent of the text, as inside a JSON string.</summary>
    public ArrayBufferWriter<byte> Text { get; } = new();

    /// <summary>Whether the client was sent the text's end.</summary>
    public bool IsTextDone { get; set; }

    /// <summary>Whether the client was sent the part's end.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether it is a part of a summary.</summary>
    public bool IsSummary => channel.Part >= OpenAIResponseItems.Summary;

    /// <summary>Writes the event that ends its text.</summary>
    public void WriteTextDone(ref EventFrames frames, ref long sequenceNumber, ReadOnlySpan<byte> id)
    {
        var type = IsSummary ? "response.reasoning_summary_text.done"u8
            : channel.Kind == ChannelKind.Reasoning ? "response.reasoning_text.done"u8
            : channel.Kind == ChannelKind.Refusal ? "response.refusal.done"u8
            : "response.output_text.done"u8;
        var writer = Begin(ref frames, type, ref sequenceNumber, id);
        WriteText(writer);
        if (channel.Kind == ChannelKind.Content) writer.Write(",\"logprobs\":[]"u8);
        writer.Write("}"u8);
        frames.End();
    }

    /// <summary>Writes the event that ends it.</summary>
    public void WritePartDone(ref EventFrames frames, ref long sequenceNumber, ReadOnlySpan<byte> id)
    {
        var type = IsSummary ? "response.reasoning_summary_part.done"u8 : "response.content_part.done"u8;
        var writer = Begin(ref frames, type, ref sequenceNumber, id);
        writer.Write(",\"part\":"u8);
        Write(writer);
        writer.Write("}"u8);
        frames.End();
    }

    /// <summary>Writes the part.</summary>
    public void Write(IBufferWriter<byte> writer)
    {
        writer.Write(IsSummary ? "{\"type\":\"summary_text\""u8
            : channel.Kind == ChannelKind.Reasoning ? "{\"type\":\"reasoning_text\""u8
            : channel.Kind == ChannelKind.Refusal ? "{\"type\":\"refusal\""u8
            : "{\"type\":\"output_text\""u8);
        WriteText(writer);
        if (channel.Kind == ChannelKind.Content) writer.Write(",\"annotations\":[],\"logprobs\":[]"u8);
        writer.Write("}"u8);
    }

    private IBufferWriter<byte> Begin(ref EventFrames frames, ReadOnlySpan<byte> type, ref long sequenceNumber, ReadOnlySpan<byte> id)
    {
        var writer = ResponseItem.BeginEvent(ref frames, type, ref sequenceNumber);
        writer.Write(",\"item_id\":"u8);
        writer.Write(id.IsEmpty ? "\"\""u8 : id);
        writer.Write(",\"output_index\":"u8);
        writer.WriteNumber(channel.Choice);
        writer.Write(IsSummary ? ",\"summary_index\":"u8 : ",\"content_index\":"u8);
        writer.WriteNumber(IsSummary ? channel.Part - OpenAIResponseItems.Summary : channel.Part);
        return writer;
    }

    private void WriteText(IBufferWriter<byte> writer)
    {
        writer.Write(channel.Kind == ChannelKind.Refusal ? ",\"refusal\":\""u8 : ",\"text\":\""u8);
        writer.Write(Text.WrittenSpan);
        writer.Write("\""u8);
    }
}
