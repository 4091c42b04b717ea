using System.Buffers;
using Sidecar.Moderation;
using Sidecar.Moderation.Scanning;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>
/// Substitutions in the data of one event, from its front to its end: what is not substituted stays as it is, byte for byte.
/// </summary>
internal sealed class DataRewriter
{
    private readonly ArrayBufferWriter<byte> _texts = new();
    private readonly List<Substitution> _substitutions = [];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _substitutions.Count == 0;

    /// <summary>Starts with another event.</summary>
    public void Clear()
    {
        _texts.ResetWrittenCount();
        _substitutions.Clear();
    }

    /// <summary>Puts a text in the place of a run of the data.</summary>
    public void Replace(int start, int length, ReadOnlySpan<byte> text)
    {
        _substitutions.Add(new Substitution(start, length, _texts.WrittenCount, text.Length));
        _texts.Write(text);
    }

    /// <summary>Applies what a scanner found in a run of its text.</summary>
    /// <param name="scanner">Where it was found.</param>
    /// <param name="position">Where the run starts in the scanner's text.</param>
    /// <param name="start">Where it starts in the data.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="onStart">Told of each match that starts in the run.</param>
    /// <returns>Whether anything was found.</returns>
    public bool Apply(RuleScanner scanner, long position, int start, int length, Action<Hit>? onStart)
    {
        var found = false;
        foreach (ref readonly var edit in scanner.Edits)
        {
            var first = Math.Max(edit.Start, position);
            var end = Math.Min(edit.End, position + length);
            if (first >= end) continue;
            found = true;
            var isStart = edit.Start >= position;
            if (isStart) onStart?.Invoke(edit.Hit);
            Replace(start + (int)(first - position), (int)(end - first), isStart ? scanner.Replacement(edit) : default);
        }
        return found;
    }

    /// <summary>Writes the data with the substitutions.</summary>
    public void Write(ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        _substitutions.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Length.CompareTo(b.Length));
        var at = 0;
        foreach (var substitution in _substitutions)
        {
            // One that lies in another was replaced with it.
            if (substitution.Start < at) continue;
            output.Write(data[at..substitution.Start]);
            output.Write(_texts.WrittenSpan.Slice(substitution.TextStart, substitution.TextLength));
            at = substitution.Start + substitution.Length;
        }
        output.Write(data[at..]);
    }

    private readonly record struct Substitution(int Start, int Length, int TextStart, int TextLength);
}
