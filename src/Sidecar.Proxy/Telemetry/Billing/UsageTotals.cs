using System.Buffers;
using System.Text.Json;

namespace Sidecar.Proxy.Telemetry.Billing;

/// <summary>The body of <c>GET /usage</c>: what the exchanges that reached a provider used since the start, by user, team, project and model.</summary>
public sealed class UsageTotals
{
    /// <summary>Most combinations with a row of their own; what comes later is counted in one row, <c>_other</c> everywhere.</summary>
    public const int MaxRows = 2048;

    private const int MaxText = 128;

    private readonly record struct Who(string? User, string? Team, string? Project, string? Model);

    private sealed class Sums
    {
        public long Requests, Input, Output, Cached, Reasoning, Unpriced;
        public decimal Cost;

        public void Add(ExchangeRecord record)
        {
            Requests++;
            Input += record.InputTokens ?? 0;
            Output += record.OutputTokens ?? 0;
            Cached += record.CachedTokens ?? 0;
            Reasoning += record.ReasoningTokens ?? 0;
            Cost += record.CostUsd ?? 0;
            if (record.CostUsd is null) Unpriced++;
        }
    }

    private static readonly Who Others = new(BoundedLabel.Other, BoundedLabel.Other, BoundedLabel.Other, BoundedLabel.Other);

    private readonly Lock _adding = new();
    private readonly Dictionary<Who, Sums> _rows = [];
    private readonly Sums _total = new();

    /// <summary>Whether an exchange is one that usage tells of: its request was sent to a provider.</summary>
    public static bool Concerns(ExchangeRecord record) => record.RequestSentAt != 0;

    /// <summary>Adds an exchange that has ended.</summary>
    public void Add(ExchangeRecord record)
    {
        var who = new Who(Cut(record.User), Cut(record.Team), Cut(record.Project), Cut(record.Model));
        lock (_adding)
        {
            _total.Add(record);
            if (!_rows.TryGetValue(who, out var row) && _rows.Count >= MaxRows) _rows.TryGetValue(who = Others, out row);
            if (row is null) _rows.Add(who, row = new Sums());
            row.Add(record);
        }
    }

    /// <summary>
    /// Writes <c>{"total":{…},"rows":[…]}</c>, the dearest row first. Each holds <c>requests, input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_usd</c>
    /// and <c>requests_without_cost</c>, whose share of <c>cost_usd</c> is not known; a row also <c>user, team, project, model</c>.
    /// </summary>
    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        lock (_adding)
        {
            json.WriteStartObject();
            json.WriteStartObject("total"u8);
            Write(json, _total);
            json.WriteEndObject();
            json.WriteStartArray("rows"u8);
            foreach (var (who, sums) in _rows.OrderByDescending(row => row.Value.Cost).ThenByDescending(row => row.Value.Requests))
            {
                json.WriteStartObject();
                json.WriteString("user"u8, who.User);
                json.WriteString("team"u8, who.Team);
                json.WriteString("project"u8, who.Project);
                json.WriteString("model"u8, who.Model);
                Write(json, sums);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, Sums sums)
    {
        json.WriteNumber("requests"u8, sums.Requests);
        json.WriteNumber("input_tokens"u8, sums.Input);
        json.WriteNumber("output_tokens"u8, sums.Output);
        json.WriteNumber("cached_tokens"u8, sums.Cached);
        json.WriteNumber("reasoning_tokens"u8, sums.Reasoning);
        json.WriteNumber("cost_usd"u8, sums.Cost);
        json.WriteNumber("requests_without_cost"u8, sums.Unpriced);
    }

    private static string? Cut(string? text) => text is { Length: > MaxText } ? text[..MaxText] : text;
}
