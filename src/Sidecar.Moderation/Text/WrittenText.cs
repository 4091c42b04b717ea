using System.Buffers;
using System.Text;

namespace Sidecar.Moderation.Text;

/// <summary>A text in a written form, read as its reader will.</summary>
public static class WrittenText
{
    private const int MaxUtf8Bytes = 4;

    /// <summary>Writes the text in UTF-8, its escapes resolved. What is no text is left out.</summary>
    /// <param name="written">The text as written.</param>
    /// <param name="form">Its form.</param>
    /// <param name="output">Receives the text.</param>
    public static void Read(ReadOnlySpan<byte> written, TextForm form, IBufferWriter<byte> output)
    {
        while (!written.IsEmpty)
        {
            var plain = written.IndexOf((byte)'\\');
            if (plain != 0)
            {
                var run = plain < 0 ? written : written[..plain];
                output.Write(run);
                written = written[run.Length..];
                continue;
            }
            var status = TextUnit.Read(written, form, out var codePoint, out var length);
            if (status == UnitStatus.NeedMore) return;
            if (status == UnitStatus.CodePoint) output.Advance(new Rune(codePoint).EncodeToUtf8(output.GetSpan(MaxUtf8Bytes)));
            else if (status == UnitStatus.Quote) output.Write("\""u8);
            written = written[length..];
        }
    }
}
