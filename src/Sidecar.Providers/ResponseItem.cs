using System.Buffers;

namespace Sidecar.Providers;

/// <summary>An output item of a response, with what the client was sent of it.</summary>
/// <param name="index">Its place in the output.</param>
/// <param name="json">The item as it was added.</param>
internal sealed class ResponseItem(int index, byte[] json)
{
    // No item has more.
    private const int MaxParts = 256;

    private static readonly byte[][] Replaced =
    [
        "status"u8.ToArray(), "content"u8.ToArray(), "summary"u8.ToArray(), "arguments"u8.ToArray(), "input"u8.ToArray(), "code"u8.ToArray(),
    ];

    private readonly List<ResponsePart> _parts = [];
    private byte[] _json = json;

    /// <summary>Its place in the output.</summary>
    public int Index => index;

    /// <summary>Whether the client was sent its end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Bytes kept of it; 0 when there was no room for it.</summary>
    public int KeptBytes { get; private set; } = json.Length;

    /// <summary>Whether the response shows it at its end: half a call of a tool is nothing that a client may act on.</summary>
    public bool IsShown => _json.Length > 0 && (IsDone || IsMessage || IsReasoning);

    private bool IsMessage => RawMembers.Find(_json, "type"u8).SequenceEqual("\"message\""u8);

    private bool IsReasoning => RawMembers.Find(_json, "type"u8).SequenceEqual("\"reasoning\""u8);

    /// <summary>Adds a text that the client was sent, or the repeat of one of which it was sent nothing before.</summary>
    /// <param name="text">Where it stands.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="room">Bytes that may be kept; reduced by what is.</param>
    public void Add(in TextRange text, ReadOnlySpan<byte> data, ref int room)
    {
        if (IsDone || text.Length > room || PartOf(text.Channel) is not { } part || (text.Whole && part.Text.WrittenCount > 0)) return;
        part.Text.Write(data.Slice(text.Start, text.Length));
        room -= text.Length;
        KeptBytes += text.Length;
    }

    /// <summary>A part of it begins.</summary>
    /// <param name="part">Which, as in <see cref="Channel"/>.</param>
    /// <param name="type">Its type as JSON.</param>
    public void Begin(int part, ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("\"output_text\""u8)) PartOf(new Channel(ChannelKind.Content, index, part));
        else if (type.SequenceEqual("\"refusal\""u8)) PartOf(new Channel(ChannelKind.Refusal, index, part));
        else if (type.SequenceEqual("\"reasoning_text\""u8) || type.SequenceEqual("\"summary_text\""u8))
        {
            PartOf(new Channel(ChannelKind.Reasoning, index, part));
        }
    }

    /// <summary>The client is sent the end of a text or of a part.</summary>
    public void Close(Closing closing)
    {
        foreach (var part in _parts)
        {
            if (!closing.Closes(part.Channel)) continue;
            part.IsTextDone = true;
            part.IsDone |= closing.Kind is null;
        }
    }

    /// <summary>The client is sent its end.</summary>
    /// <param name="json">The item as it ended; empty when it cannot be kept.</param>
    public void Done(byte[] json)
    {
        _json = json;
        KeptBytes = json.Length;
        IsDone = true;
        _parts.Clear();
    }

    /// <summary>Writes the events that end it.</summary>
    public void WriteDone(ref EventFrames frames, ref long sequenceNumber)
    {
        var id = RawMembers.Find(_json, "id"u8);
        foreach (var part in _parts)
        {
            if (part.IsDone || part.Channel.Kind == ChannelKind.ToolArguments) continue;
            if (!part.IsTextDone) part.WriteTextDone(ref frames, ref sequenceNumber, id);
            part.WritePartDone(ref frames, ref sequenceNumber, id);
        }
        var writer = BeginEvent(ref frames, "response.output_item.done"u8, ref sequenceNumber);
        writer.Write(",\"output_index\":"u8);
        writer.WriteNumber(index);
        writer.Write(",\"item\":"u8);
        Write(writer);
        writer.Write("}"u8);
        frames.End();
    }

    /// <summary>Begins an event with its type and number.</summary>
    /// <returns>Receives the rest of the event's object, which starts with a comma.</returns>
    public static IBufferWriter<byte> BeginEvent(ref EventFrames frames, ReadOnlySpan<byte> type, ref long sequenceNumber)
    {
        frames.Begin(type);
        var writer = frames.Writer;
        writer.Write("{\"type\":\""u8);
        writer.Write(type);
        writer.Write("\",\"sequence_number\":"u8);
        writer.WriteNumber(sequenceNumber++);
        return writer;
    }

    /// <summary>Writes the item: as the client was sent it, or else as incomplete.</summary>
    public void Write(IBufferWriter<byte> writer)
    {
        if (IsDone)
        {
            writer.Write(_json);
            return;
        }
        writer.Write("{"u8);
        if (_json.Length > 0) RawMembers.Copy(writer, _json, Replaced);
        WriteParts(writer, "content"u8, isSummary: false);
        WriteParts(writer, "summary"u8, isSummary: true);
        WriteArguments(writer);
        writer.Write("\"status\":"u8);
        writer.Write(StatusOf(RawMembers.Find(_json, "type"u8)));
        writer.Write("}"u8);
    }

    // These have no status of being incomplete.
    private static ReadOnlySpan<byte> StatusOf(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("\"web_search_call\""u8) || type.SequenceEqual("\"image_generation_call\""u8) ? "\"failed\""u8 : "\"incomplete\""u8;

    private void WriteParts(IBufferWriter<byte> writer, ReadOnlySpan<byte> name, bool isSummary)
    {
        var count = 0;
        foreach (var part in _parts)
        {
            if (part.Channel.Kind == ChannelKind.ToolArguments || part.IsSummary != isSummary) continue;
            writer.Write(count++ == 0 ? "\""u8 : ","u8);
            if (count == 1)
            {
                writer.Write(name);
                writer.Write("\":["u8);
            }
            part.Write(writer);
        }
        if (count > 0) writer.Write("],"u8);
        else if (!RawMembers.Find(_json, name).IsEmpty)
        {
            writer.Write("\""u8);
            writer.Write(name);
            writer.Write("\":[],"u8);
        }
    }

    private void WriteArguments(IBufferWriter<byte> writer)
    {
        var arguments = _parts.Find(part => part.Channel.Kind == ChannelKind.ToolArguments);
        var name = !RawMembers.Find(_json, "arguments"u8).IsEmpty ? "\"arguments\":\""u8
            : !RawMembers.Find(_json, "input"u8).IsEmpty ? "\"input\":\""u8
            : !RawMembers.Find(_json, "code"u8).IsEmpty ? "\"code\":\""u8
            : arguments is not null ? "\"arguments\":\""u8
            : default;
        if (name.IsEmpty) return;
        writer.Write(name);
        if (arguments is not null) writer.Write(arguments.Text.WrittenSpan);
        writer.Write("\","u8);
    }

    private ResponsePart? PartOf(Channel channel)
    {
        if (channel.Kind is not (ChannelKind.Content or ChannelKind.Refusal or ChannelKind.Reasoning or ChannelKind.ToolArguments)) return null;
        foreach (var part in _parts)
        {
            if (part.Channel == channel) return part;
        }
        if (IsDone || _parts.Count == MaxParts) return null;
        var added = new ResponsePart(channel);
        _parts.Add(added);
        return added;
    }
}
