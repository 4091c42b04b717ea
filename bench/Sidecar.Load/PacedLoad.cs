using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Load;

/// <summary>Many streams at once, each read to its end and checked: every event in order, once, and the end.</summary>
internal sealed class PacedLoad(int port, Plan plan)
{
    private readonly ReadStream[] _streams = [.. Enumerable.Range(0, plan.Streams).Select(_ => new ReadStream(plan.Events))];

    /// <summary>Whether every stream came whole.</summary>
    public bool IsWhole => _streams.All(stream => stream.IsWhole);

    /// <summary>Sends all requests.</summary>
    public async Task OpenAsync()
    {
        var request = Encoding.ASCII.GetBytes($"POST {plan.Path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}");
        foreach (var stream in _streams)
        {
            await stream.Socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            await stream.Socket.SendAsync(request);
        }
    }

    /// <summary>Reads all streams to their end.</summary>
    public Task ReadAsync() => Task.WhenAll(_streams.Select(stream => stream.ReadAsync()));

    /// <summary>What was measured.</summary>
    /// <param name="proxy">CPU time of the process in between.</param>
    /// <param name="own">CPU time of the load itself.</param>
    public object Result(TimeSpan proxy, TimeSpan own)
    {
        var latencies = _streams.SelectMany(stream => stream.Latencies).Order().ToArray();
        return new
        {
            plan.Streams,
            plan.Rate,
            plan.Seconds,
            Events = latencies.Length,
            Broken = _streams.Count(stream => !stream.IsWhole),
            CpuMicrosecondsPerEvent = proxy.TotalMicroseconds / latencies.Length,
            OwnCpuMicrosecondsPerEvent = own.TotalMicroseconds / latencies.Length,
            P50Microseconds = At(latencies, 0.5),
            P99Microseconds = At(latencies, 0.99),
        };
    }

    private static double At(long[] sorted, double quantile) =>
        sorted.Length == 0 ? 0 : TimeSpan.FromSeconds((double)sorted[(int)((sorted.Length - 1) * quantile)] / System.Diagnostics.Stopwatch.Frequency).TotalMicroseconds;
}
