using System.Buffers;
using Sidecar.Moderation;
using Sidecar.Moderation.Text;
using Sidecar.Providers;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>A policy applied to a whole JSON document, of which each text stands alone.</summary>
internal sealed class DocumentRewriter(Policy policy, ExchangeRecord record)
{
    /// <summary>Writes the document as the policy leaves it; false when a rule ends it, and nothing of it may go.</summary>
    public bool TryRewrite(ReadOnlySpan<byte> document, EventMeaning meaning, IBufferWriter<byte> output)
    {
        using var texts = new ChannelTexts(policy, Count);
        var data = new DataRewriter();
        var touched = new List<int>();
        if ((meaning.Traits & EventTraits.NotJson) != 0)
        {
            var scanner = texts.Scan(document, TextForm.Plain);
            data.Apply(scanner, 0, 0, document.Length, Count);
            if (scanner.IsTerminated) return false;
        }
        foreach (ref readonly var text in meaning.Texts)
        {
            if (!policy.Concerns(text)) continue;
            var scanner = texts.Scan(document.Slice(text.Start, text.Length), Policy.FormOf(text), tells: !text.Whole);
            if (data.Apply(scanner, 0, text.Start, text.Length, Count)) touched.Add(text.Channel.Choice);
            if (scanner.IsTerminated) return false;
        }
        foreach (ref readonly var spelling in meaning.Spellings)
        {
            if (touched.Contains(spelling.Choice)) data.Replace(spelling.Start, spelling.Length, spelling.Replacement);
        }
        data.Write(document, output);
        return true;
    }

    private void Count(Hit hit) => record.CountModeration(hit.Rule.Id, hit.Rule.Action);
}
