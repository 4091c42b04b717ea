namespace Sidecar.Moderation;

/// <summary>The numbers of one stream's texts: the same text of the same type has the same number, counted from 1 for each type.</summary>
public sealed class StreamNumbers
{
    // Past it everything new shares the last number: a bound for memory, far above any answer's.
    private const int MaxTexts = 4096;

    private Dictionary<(string Type, UInt128 Digest), int>? _numbers;
    private Dictionary<string, int>? _counts;

    /// <summary>The number of a text, told apart by a digest of it.</summary>
    public int Of(string type, UInt128 digest)
    {
        _numbers ??= [];
        _counts ??= [];
        if (_numbers.TryGetValue((type, digest), out var number)) return number;
        number = _counts.GetValueOrDefault(type) + 1;
        if (_numbers.Count == MaxTexts) return number;
        _counts[type] = number;
        _numbers.Add((type, digest), number);
        return number;
    }
}
