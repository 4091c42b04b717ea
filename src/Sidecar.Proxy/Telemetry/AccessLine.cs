using System.Globalization;
using System.Text;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// The fields of an access line, in their fixed order, null where unknown. Texts that a peer chose are cut, and escaped by the JSON
/// writer down to ASCII, so that no line break or terminal sequence gets through. Nothing here holds content, keys or query strings.
/// </summary>
internal static class AccessLine
{
    private const int MaxPath = 1024;
    private const int MaxText = 128;

    public static void Write(LogLine line, ExchangeRecord record, TimeProvider time)
    {
        line.Start(record.Time);
        WriteRequest(line, record);
        WriteFigures(line, record, time);
        line.Finish();
    }

    private static void WriteRequest(LogLine line, ExchangeRecord record)
    {
        line.Text("request_id"u8, record.RequestId, MaxText);
        line.Text("stream"u8, record.Stream, MaxText);
        line.Text("trace_id"u8, record.TraceId, MaxText);
        line.Text("method"u8, record.Method, MaxText);
        line.Text("path"u8, record.Path, PathLength(record.Path));
        line.Number("status"u8, record.Status == 0 ? null : record.Status);
        line.Text("outcome"u8, record.Outcome.Word(), MaxText);
        line.Text("error_type"u8, record.ErrorType, MaxText);
        line.Text("route"u8, record.Route, MaxText);
        line.Text("upstream"u8, record.Upstream, MaxText);
        line.Text("provider"u8, record.Provider?.Word(), MaxText);
        line.Text("model"u8, record.Model, MaxText);
        line.Text("user"u8, record.User, MaxText);
        line.Text("team"u8, record.Team, MaxText);
        line.Text("project"u8, record.Project, MaxText);
    }

    private static void WriteFigures(LogLine line, ExchangeRecord record, TimeProvider time)
    {
        line.Number("bytes_in"u8, record.ClientBytesIn);
        line.Number("bytes_out"u8, record.ClientBytesOut);
        line.Number("duration_ms"u8, time.Milliseconds(record.StartedAt, record.EndedAt));
        line.Number("ttft_ms"u8, time.Milliseconds(record.StartedAt, record.FirstContentAt));
        line.Number("upstream_ttft_ms"u8, time.Milliseconds(record.RequestSentAt, record.FirstContentReadAt));
        line.Number("chunks"u8, record.Chunks);
        line.Number("max_gap_ms"u8, record.Chunks < 2 ? null : Math.Round(time.Seconds(record.MaxGap) * 1000, 3));
        line.Number("input_tokens"u8, record.InputTokens);
        line.Number("output_tokens"u8, record.OutputTokens);
        line.Text("usage_source"u8, record.UsageSource, MaxText);
        line.Number("cost_usd"u8, record.CostUsd);
        line.Text("moderation"u8, Moderation(record.Moderation), MaxText);
        line.Text("finish_reason"u8, record.FinishReason, MaxText);
    }

    // `rule:action=count`, as many as fit whole.
    private static string? Moderation(IReadOnlyList<ModerationCount> counts)
    {
        const string more = ",...";
        if (counts.Count == 0) return null;
        var text = new StringBuilder(MaxText);
        foreach (var (rule, action, count) in counts)
        {
            var before = text.Length;
            if (before > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{rule}:{action.Word()}={count}");
            if (text.Length <= MaxText - more.Length) continue;
            text.Length = before;
            return text.Append(more).ToString();
        }
        return text.ToString();
    }

    // The record's path has no query; one that slipped in may hold a key.
    private static int PathLength(string path)
    {
        var query = path.AsSpan().IndexOfAny('?', '#');
        return query < 0 ? MaxPath : Math.Min(query, MaxPath);
    }
}
