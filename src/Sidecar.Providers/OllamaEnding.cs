using System.Buffers;

namespace Sidecar.Providers;

/// <summary>Of Ollama: the last line.</summary>
internal sealed class OllamaEnding : ModeratedEnding
{
    /// <summary>What an answer begins with.</summary>
    public static ReadOnlySpan<byte> Template => """{"model":"","created_at":"1970-01-01T00:00:00Z"}"""u8;

    private byte[]? _beginning;

    private protected override bool IsNews(EventMeaning meaning) => _beginning is null;

    private protected override void Note(ReadOnlySpan<byte> data, EventMeaning meaning) => _beginning ??= Beginning(data);

    private protected override void Write(ref EventFrames frames)
    {
        frames.Begin(default);
        frames.Writer.Write("{"u8);
        frames.Writer.Write(_beginning ?? Beginning(default));
        frames.Writer.Write("\"done\":true,\"done_reason\":\"content_filter\"}"u8);
        frames.End();
    }

    private static byte[] Beginning(ReadOnlySpan<byte> data)
    {
        var members = new ArrayBufferWriter<byte>();
        RawMembers.Fill(members, Template, data);
        WriteAnswer(members, data);
        return members.WrittenSpan.ToArray();
    }

    /// <summary>Writes an empty answer in the form of the API that gave <paramref name="data"/>: chat, generate, or both when it does not tell.</summary>
    public static void WriteAnswer(IBufferWriter<byte> writer, ReadOnlySpan<byte> data)
    {
        var (isChat, isGenerate) = (!RawMembers.Find(data, "message"u8).IsEmpty, !RawMembers.Find(data, "response"u8).IsEmpty);
        if (isChat || !isGenerate) writer.Write("\"message\":{\"role\":\"assistant\",\"content\":\"\"},"u8);
        if (isGenerate || !isChat) writer.Write("\"response\":\"\","u8);
    }
}
