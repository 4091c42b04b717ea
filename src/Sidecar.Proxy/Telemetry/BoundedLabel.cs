using System.Buffers;
using System.Collections.Concurrent;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// Keeps a label's values few. Its values are the configured ones, or, where none are, the first <c>capacity</c> seen; whatever
/// else a peer sends is <see cref="Other"/>. Known values are found without a lock.
/// </summary>
internal sealed class BoundedLabel
{
    /// <summary>Stands for every value without a place of its own.</summary>
    public const string Other = "_other";

    private const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@-");

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();
    private readonly int _longest = MaxLength;
    private int _free;

    public BoundedLabel(int capacity, IReadOnlyList<string> configured)
    {
        _free = configured.Count > 0 ? 0 : capacity;
        foreach (var value in configured)
        {
            _known[value] = value;
            _longest = Math.Max(_longest, value.Length);
        }
    }

    /// <summary>The label for a value; empty for null.</summary>
    public string For(string? value)
    {
        if (string.IsNullOrEmpty(value)) return "";
        if (value.Length > _longest) return Other;
        return _known.TryGetValue(value, out var label) ? label : Admit(value);
    }

    private string Admit(string value)
    {
        if (Volatile.Read(ref _free) == 0 || value.Length > MaxLength || value.AsSpan().ContainsAnyExcept(Allowed)) return Other;
        lock (_adding)
        {
            if (_known.TryGetValue(value, out var label)) return label;
            if (_free == 0) return Other;
            _known[value] = value;
            Volatile.Write(ref _free, _free - 1);
            return value;
        }
    }
}
