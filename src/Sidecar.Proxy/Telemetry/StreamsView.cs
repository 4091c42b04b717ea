using System.Buffers;
using System.Text.Json;

namespace Sidecar.Proxy.Telemetry;

/// <summary>The body of <c>GET /streams</c>: the exchanges under way, oldest first.</summary>
public static class StreamsView
{
    /// <summary>Most streams that one view lists.</summary>
    public const int MaxStreams = 1000;

    private const int MaxText = 128;

    /// <summary>
    /// Writes <c>{"total":N,"streams":[…]}</c>, each stream an object of
    /// <c>id, age_ms, phase, route, model, tokens, last_chunk_age_ms, buffered_bytes, held_bytes</c>;
    /// <c>total</c> counts the ones past <see cref="MaxStreams"/> too. Unknown figures are null; tokens are the provider's figure or the
    /// content events so far.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, ExchangeTracker exchanges, TimeProvider time)
    {
        var live = exchanges.Live.ToList();
        live.Sort(static (a, b) => a.StartedAt.CompareTo(b.StartedAt));
        var now = time.GetTimestamp();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("total"u8, live.Count);
        json.WriteStartArray("streams"u8);
        foreach (var record in live.Take(MaxStreams)) Write(json, record, now, time);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ExchangeRecord record, long now, TimeProvider time)
    {
        json.WriteStartObject();
        Text(json, "id"u8, record.Stream);
        Number(json, "age_ms"u8, time.Milliseconds(record.StartedAt, now));
        Text(json, "phase"u8, record.Phase.Word());
        Text(json, "route"u8, record.Route);
        Text(json, "model"u8, record.Model);
        json.WriteNumber("tokens"u8, record.OutputTokens ?? record.ContentEvents);
        Number(json, "last_chunk_age_ms"u8, time.Milliseconds(record.LastChunkAt, now));
        json.WriteNumber("buffered_bytes"u8, record.BufferedBytes);
        json.WriteNumber("held_bytes"u8, record.HeldBytes);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is null) json.WriteNull(name);
        else json.WriteString(name, value.AsSpan(0, Math.Min(value.Length, MaxText)));
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is null) json.WriteNull(name);
        else json.WriteNumber(name, value.Value);
    }
}
