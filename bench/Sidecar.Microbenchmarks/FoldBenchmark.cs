using System.Text;
using BenchmarkDotNet.Attributes;
using Sidecar.Moderation.Fold;

namespace Sidecar.Microbenchmarks;

/// <summary>The fold of code points, one after the other; the figure is of one. Beside it the lower case alone.</summary>
public class FoldBenchmark
{
    private const int Length = 1024;

    private readonly FoldTable _fold = FoldTable.For(FoldKinds.All);
    private int[] _codePoints = [];

    /// <summary>Which text.</summary>
    [Params("ascii", "accents", "fullwidth")]
    public string Case { get; set; } = "";

    /// <summary>Makes the text.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var piece = Case switch { "ascii" => "Plain Text 12 ", "accents" => "Ça déjà vu, ö ", _ => "ＡＢＣ１２３ｘｙ" };
        _codePoints = [.. Enumerable.Repeat(piece, Length).SelectMany(text => text.EnumerateRunes()).Take(Length).Select(rune => rune.Value)];
    }

    /// <summary>The table.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Length)]
    public int Table()
    {
        var sum = 0;
        foreach (ref readonly var codePoint in _codePoints.AsSpan())
        {
            if (codePoint < 0x80)
            {
                sum += _fold.Lower(codePoint);
                continue;
            }
            foreach (var folded in _fold.Fold(codePoint)) sum += _fold.Lower(folded);
        }
        return sum;
    }

    /// <summary>The framework's lower case.</summary>
    [Benchmark(OperationsPerInvoke = Length), AlternativeTo(nameof(Table), "it folds nothing but case")]
    public int LowerCase()
    {
        var sum = 0;
        foreach (var codePoint in _codePoints) sum += Rune.ToLowerInvariant(new Rune(codePoint)).Value;
        return sum;
    }
}
