using System.Buffers.Text;

namespace Sidecar.Moderation.Fold;

/// <summary>
/// Reads folds.txt for a set of kinds. Its lines are single steps (é is e and an accent, an accent is nothing); what is read out holds where the
/// steps end.
/// </summary>
internal sealed class FoldData
{
    private const byte Run = (byte)'-';

    /// <summary>Where the empty sequence is, one for all.</summary>
    private const int Nothing = 1;

    private readonly PagedMap _steps = new();
    private readonly List<int> _targets = [0];
    private readonly PagedMap _offsets = new();
    private readonly List<int> _sequences = [0, 0];

    private FoldData()
    {
    }

    /// <summary>Offsets of what changes, 0 for all else, and the sequences that they point into: each its length, then its code points.</summary>
    public static (PagedMap Offsets, int[] Sequences) Read(FoldKinds kinds)
    {
        var data = new FoldData();
        data.ReadSteps(kinds);
        foreach (int codePoint in data._steps)
            data.Resolve(codePoint);
        data._offsets.Trim();
        return (data._offsets, data._sequences.ToArray());
    }

    private static bool Applies(ReadOnlySpan<byte> section, FoldKinds kinds)
    {
        bool width = (kinds & FoldKinds.Width) != 0, confusables = (kinds & FoldKinds.Confusables) != 0;
        if (section.SequenceEqual("[width]"u8))
            return width;
        if (section.SequenceEqual("[width or confusables]"u8))
            return width || confusables;
        if (section.SequenceEqual("[confusables]"u8))
            return confusables;
        if (section.SequenceEqual("[case and confusables]"u8))
            return confusables && (kinds & FoldKinds.Case) != 0;
        if (section.SequenceEqual("[zero-width]"u8))
            return (kinds & FoldKinds.ZeroWidth) != 0;
        throw new InvalidDataException("folds.txt: unknown section");
    }

    private void ReadSteps(FoldKinds kinds)
    {
        using Stream stream = typeof(FoldData).Assembly.GetManifestResourceStream("folds.txt")!;
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        bool applies = false;
        for (ReadOnlySpan<byte> rest = text; !rest.IsEmpty;)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = rest[..end];
            rest = rest[(end + 1)..];
            if (line[0] == '[')
                applies = Applies(line, kinds);
            else if (applies)
                ReadLine(line);
        }
    }

    /// <summary>One line: <c>first[-last] target…</c>, all hexadecimal. The single target of a run counts up with it.</summary>
    private void ReadLine(ReadOnlySpan<byte> line)
    {
        int first = ReadHex(ref line), last = first;
        if (!line.IsEmpty && line[0] == Run)
        {
            line = line[1..];
            last = ReadHex(ref line);
        }
        int start = _targets.Count;
        _targets.Add(0);
        while (!line.IsEmpty)
        {
            line = line[1..];
            _targets.Add(ReadHex(ref line));
            _targets[start]++;
        }
        _steps[first] = start;
        for (int codePoint = first + 1; codePoint <= last; codePoint++)
        {
            if (_targets[start] == 1)
            {
                _targets.AddRange([1, _targets[start + 1] + codePoint - first]);
                _steps[codePoint] = _targets.Count - 2;
            }
            else
            {
                _steps[codePoint] = start;
            }
        }
    }

    private static int ReadHex(ref ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out int value, out int length, 'X'))
            throw new InvalidDataException("folds.txt: a hexadecimal number is missing");
        text = text[length..];
        return value;
    }

    private void Resolve(int codePoint)
    {
        int start = _sequences.Count;
        _sequences.Add(0);
        Append(codePoint);
        int length = _sequences.Count - start - 1;
        _sequences[start] = length;
        _offsets[codePoint] = length == 0 ? Nothing : start;
        if (length == 0)
            _sequences.RemoveAt(start);
    }

    private void Append(int codePoint)
    {
        int step = _steps[codePoint];
        if (step == 0)
        {
            _sequences.Add(codePoint);
            return;
        }
        for (int i = 1; i <= _targets[step]; i++)
            Append(_targets[step + i]);
    }
}
