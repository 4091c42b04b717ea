namespace Sidecar.Providers;

/// <summary>
/// Citations, search results and tool outputs: objects in which texts of a source stand at any depth. Each text is complete.
/// What has another name than a quotation's text is another string.
/// </summary>
internal static class Quotation
{
    /// <summary>Adds every quoted text in the value here, which may be one text, an object or an array.</summary>
    public static void Read(ref JsonCursor json, Channel channel)
    {
        var outer = json.IsWhole;
        json.IsWhole = true;
        if (json.IsString) json.Text(channel, complete: true);
        else ReadNested(ref json, channel, default);
        json.IsWhole = outer;
    }

    private static void ReadNested(ref JsonCursor json, Channel channel, ReadOnlySpan<byte> name)
    {
        if (json.IsArray)
        {
            // A bare string in a list is an address (Perplexity) or a query, not a quotation.
            while (json.NextElement()) ReadNested(ref json, channel, default);
        }
        else if (json.IsObject)
        {
            while (json.NextProperty(out var member))
            {
                if (IsText(member) && json.IsString) json.Text(channel, complete: true);
                else ReadNested(ref json, channel, member);
            }
        }
        else
        {
            json.Other(name);
        }
    }

    private static bool IsText(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("text"u8) || name.SequenceEqual("title"u8) || name.SequenceEqual("content"u8)
        || name.SequenceEqual("cited_text"u8) || name.SequenceEqual("document_title"u8) || name.SequenceEqual("quote"u8)
        || name.SequenceEqual("snippet"u8) || name.SequenceEqual("stdout"u8) || name.SequenceEqual("stderr"u8)
        || name.SequenceEqual("output"u8) || name.SequenceEqual("logs"u8);
}
