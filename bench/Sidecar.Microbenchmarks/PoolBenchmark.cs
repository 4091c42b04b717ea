using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Microbenchmarks;

/// <summary>What is rented: an object of a stream, a buffer for half an event. Beside it what asks the collector.</summary>
public class PoolBenchmark
{
    private const int BufferBytes = 1024;

    private readonly Pool<object> _pool = new(64, () => new object());
    private readonly Carry _carry = new();

    /// <summary>The pool of objects.</summary>
    [Benchmark(Baseline = true)]
    public void Pool() => _pool.Return(_pool.Rent());

    /// <summary>Half an event kept until its other half comes.</summary>
    [Benchmark]
    public void Carry()
    {
        _carry.Append(Messages.ChatEvent.AsSpan(0, 100));
        _carry.Append(Messages.ChatEvent.AsSpan(100));
        _carry.Remove(Messages.EventBytes);
    }

    /// <summary>The framework's pool of arrays.</summary>
    [Benchmark, AlternativeTo(nameof(Pool), "it has arrays only")]
    public void ArrayPool() => ArrayPool<byte>.Shared.Return(ArrayPool<byte>.Shared.Rent(BufferBytes));

    /// <summary>A new array.</summary>
    [Benchmark, AlternativeTo(nameof(Pool), "the collector pays for it later")]
    public byte[] NewArray() => new byte[BufferBytes];
}
