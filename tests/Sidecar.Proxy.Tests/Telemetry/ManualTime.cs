namespace Sidecar.Proxy.Tests.Telemetry;

/// <summary>A clock that moves only when told, in nanoseconds as on Linux. Its timers are the system's.</summary>
internal sealed class ManualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private long _nanoseconds = 1_000_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Interlocked.Read(ref _nanoseconds);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks((GetTimestamp() - 1_000_000_000) / 100);

    /// <summary>Moves on and returns the new timestamp.</summary>
    public long Advance(double milliseconds) => Interlocked.Add(ref _nanoseconds, (long)Math.Round(milliseconds * 1_000_000));
}
