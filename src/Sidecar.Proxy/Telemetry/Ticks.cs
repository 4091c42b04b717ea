namespace Sidecar.Proxy.Telemetry;

/// <summary>Timestamp ticks as durations, never negative: an upstream may answer before it was sent the whole request.</summary>
internal static class Ticks
{
    /// <summary>Seconds of a number of ticks. Divides, since a frequency's reciprocal is no exact double.</summary>
    public static double Seconds(this TimeProvider time, long ticks) => Math.Max(0, ticks) / (double)time.TimestampFrequency;

    /// <summary>Milliseconds from one timestamp to another, to the microsecond; null when either has not come.</summary>
    public static double? Milliseconds(this TimeProvider time, long from, long to) =>
        from == 0 || to == 0 ? null : Math.Round(Math.Max(0, to - from) * 1000.0 / time.TimestampFrequency, 3);
}
