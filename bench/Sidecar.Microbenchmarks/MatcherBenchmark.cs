using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Scanning;

namespace Sidecar.Microbenchmarks;

/// <summary>The matcher over a megabyte of English prose in pieces of 4 KB, by the number of terms, with and without the detectors.</summary>
public class MatcherBenchmark
{
    private RuleScanner _scanner = null!;

    /// <summary>Number of terms.</summary>
    [Params(10, 100, 1_000, 10_000)]
    public int Terms { get; set; }

    /// <summary>Whether all detectors are on.</summary>
    [Params(false, true)]
    public bool Detectors { get; set; }

    /// <summary>Compiles the rules.</summary>
    [GlobalSetup]
    public void Setup() => _scanner = Policies.Scanner(Detectors, Terms);

    /// <summary>The matcher.</summary>
    [Benchmark]
    public long Scan() => Policies.Scan(_scanner, Texts.Prose);
}

/// <summary>What else finds terms: on the whole text at once, which a stream never has, without folds.</summary>
public class TermAlternativeBenchmark
{
    private readonly string _text = Encoding.ASCII.GetString(Texts.Prose);
    private RuleScanner _scanner = null!;
    private SearchValues<string> _values = null!;

    /// <summary>Number of terms.</summary>
    [Params(10, 100, 1_000, 10_000)]
    public int Terms { get; set; }

    /// <summary>Builds both.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _scanner = Policies.Scanner(detectors: false, Terms);
        _values = SearchValues.Create([.. Texts.Terms(Terms)], StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The matcher.</summary>
    [Benchmark(Baseline = true)]
    public long Scan() => Policies.Scan(_scanner, Texts.Prose);

    /// <summary><see cref="SearchValues{T}"/> of strings.</summary>
    [Benchmark, AlternativeTo(nameof(Scan), "it has the whole text, folds case only and knows no words")]
    public int SearchValuesOfString()
    {
        var count = 0;
        var text = _text.AsSpan();
        while (text.IndexOfAny(_values) is var at and >= 0)
        {
            count++;
            text = text[(at + 1)..];
        }
        return count;
    }
}

/// <summary>The detectors alone, and what else finds their forms: compiled regular expressions on the whole text, without the tests of candidates.</summary>
public class DetectorAlternativeBenchmark
{
    private readonly string _text = Encoding.ASCII.GetString(Texts.Prose);
    private RuleScanner _scanner = null!;
    private Regex[] _each = null!;
    private Regex _union = null!;

    /// <summary>Compiles both.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _scanner = Policies.Scanner(detectors: true, terms: 0);
        var forms = DetectorCatalogue.All.Select(detector => string.Join('|', detector.Patterns.Select(form => $"(?{(form.IgnoreCase ? "i" : "")}:{form.Text})"))).ToArray();
        _each = Array.ConvertAll(forms, form => new Regex(form, RegexOptions.Compiled | RegexOptions.CultureInvariant));
        _union = new Regex(string.Join('|', forms), RegexOptions.Compiled | RegexOptions.CultureInvariant);
    }

    /// <summary>The matcher.</summary>
    [Benchmark(Baseline = true)]
    public long Scan() => Policies.Scan(_scanner, Texts.Prose);

    /// <summary>One expression for each detector.</summary>
    [Benchmark, AlternativeTo(nameof(Scan), "it has the whole text and tests no candidate")]
    public int RegexEach() => _each.Sum(regex => regex.Count(_text));

    /// <summary>One expression for all.</summary>
    [Benchmark, AlternativeTo(nameof(Scan), "it has the whole text and tests no candidate")]
    public int RegexUnion() => _union.Count(_text);
}
