using System.Collections.Concurrent;

namespace Sidecar.Proxy.Telemetry;

/// <summary>Keeps up to <paramref name="capacity"/> used objects for the next one who needs one.</summary>
internal sealed class Pool<T>(int capacity, Func<T> create) where T : class
{
    private readonly ConcurrentQueue<T> _free = new();

    public T Rent() => _free.TryDequeue(out var item) ? item : create();

    public void Return(T item)
    {
        if (_free.Count < capacity) _free.Enqueue(item);
    }
}
