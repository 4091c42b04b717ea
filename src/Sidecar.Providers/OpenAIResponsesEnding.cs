using System.Buffers;

namespace Sidecar.Providers;

/// <summary>
/// Of OpenAI responses: the repeats that an open text, part and item end with, then the response as incomplete. The repeats hold the texts
/// that the client was sent, so these are kept as they go by.
/// </summary>
internal sealed class OpenAIResponsesEnding : ModeratedEnding
{
    // No response has more.
    private const int MaxItems = 256;

    private static readonly byte[][] Replaced =
    [
        "status"u8.ToArray(), "output"u8.ToArray(), "output_text"u8.ToArray(), "error"u8.ToArray(), "incomplete_details"u8.ToArray(),
        "completed_at"u8.ToArray(),
    ];

    private readonly List<ResponseItem> _items = [];
    private byte[] _response = [];
    private long _sequenceNumber;
    private int _room = MaxKept;

    private static ReadOnlySpan<byte> Template =>
        """
        {"id":"resp_moderated","object":"response","created_at":0,"instructions":null,"metadata":{},"model":"","parallel_tool_calls":true,
         "temperature":null,"tool_choice":"auto","tools":[],"top_p":null,"usage":null}
        """u8;

    private protected override bool IsNews(EventMeaning meaning) => true;

    private protected override void Note(ReadOnlySpan<byte> data, EventMeaning meaning)
    {
        if (meaning.SequenceNumber >= 0) _sequenceNumber = meaning.SequenceNumber + 1;
        var landmark = meaning.Landmark;
        var shown = data.Slice(landmark.Start, landmark.Length);
        if (landmark.Kind == LandmarkKind.Message)
        {
            if (_response.Length == 0) _response = Begin(shown);
            return;
        }
        var isItem = landmark.Kind is LandmarkKind.Item or LandmarkKind.ItemDone;
        if (isItem && Find(landmark.Item) is null && _items.Count < MaxItems) _items.Add(new ResponseItem(landmark.Item, Keep(shown)));
        foreach (ref readonly var text in meaning.Texts)
        {
            if (text is { Complete: false, Json: false }) Find(text.Channel.Choice)?.Add(text, data, ref _room);
        }
        if (landmark.Kind == LandmarkKind.Part) Find(landmark.Item)?.Begin(landmark.Part, RawMembers.Find(shown, "type"u8));
        if (landmark.Kind == LandmarkKind.ItemDone && Find(landmark.Item) is { } done)
        {
            _room += done.KeptBytes;
            done.Done(Keep(shown));
        }
        foreach (ref readonly var closing in meaning.Closings) Find(closing.Choice)?.Close(closing);
    }

    private protected override void Write(ref EventFrames frames)
    {
        var isStarted = _response.Length > 0;
        if (!isStarted) _response = Template.ToArray();
        if (!isStarted) WriteResponse(ref frames, "response.created"u8, "in_progress"u8);
        foreach (var item in _items)
        {
            if (!item.IsDone && item.KeptBytes > 0) item.WriteDone(ref frames, ref _sequenceNumber);
        }
        WriteResponse(ref frames, "response.incomplete"u8, "incomplete"u8);
    }

    private void WriteResponse(ref EventFrames frames, ReadOnlySpan<byte> type, ReadOnlySpan<byte> status)
    {
        var writer = ResponseItem.BeginEvent(ref frames, type, ref _sequenceNumber);
        writer.Write(",\"response\":{"u8);
        RawMembers.Copy(writer, _response, Replaced);
        var isIncomplete = status.SequenceEqual("incomplete"u8);
        WriteOutcome(writer, status, isIncomplete);
        writer.Write("\"output\":["u8);
        var isFirst = true;
        foreach (var item in _items)
        {
            if (!isIncomplete || !item.IsShown) continue;
            if (!isFirst) writer.Write(","u8);
            isFirst = false;
            item.Write(writer);
        }
        writer.Write("]}}"u8);
        frames.End();
    }

    /// <summary>Writes the members that tell how a response ended, each followed by a comma.</summary>
    public static void WriteOutcome(IBufferWriter<byte> writer, ReadOnlySpan<byte> status, bool isFiltered)
    {
        writer.Write("\"status\":\""u8);
        writer.Write(status);
        writer.Write("\",\"error\":null,\"incomplete_details\":"u8);
        writer.Write(isFiltered ? "{\"reason\":\"content_filter\"},"u8 : "null,"u8);
    }

    private ResponseItem? Find(int index)
    {
        foreach (var item in _items)
        {
            if (item.Index == index) return item;
        }
        return null;
    }

    private byte[] Begin(ReadOnlySpan<byte> response)
    {
        var kept = Keep(response);
        if (kept.Length > 0) return kept;
        var identity = new ArrayBufferWriter<byte>();
        identity.Write("{"u8);
        RawMembers.Fill(identity, Template, response);
        identity.Write("\"background\":false}"u8);
        return identity.WrittenSpan.ToArray();
    }

    // In a frame of SSE it has to be one line. A line's end inside JSON is white space.
    private byte[] Keep(ReadOnlySpan<byte> json)
    {
        if (json.Length > _room) return [];
        _room -= json.Length;
        var kept = json.ToArray();
        kept.AsSpan().ReplaceAny(LineEnds, (byte)' ');
        return kept;
    }

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);
}
