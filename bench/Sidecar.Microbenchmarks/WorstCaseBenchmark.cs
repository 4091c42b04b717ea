using BenchmarkDotNet.Attributes;
using Sidecar.Moderation.Scanning;

namespace Sidecar.Microbenchmarks;

/// <summary>All detectors and 1,000 terms over a megabyte of what is made to be slow.</summary>
public class WorstCaseBenchmark
{
    private const int RunBytes = 10 * 1024;
    private const int TokenBytes = 16;

    private static readonly RuleScanner Scanner = Policies.Scanner(detectors: true, terms: 1_000);

    private static readonly Dictionary<string, string> Pieces = new()
    {
        ["10 KiB digit runs"] = Digits(RunBytes) + " ",
        ["digits in groups"] = "4111 1111 1111 1111 ",
        ["eyJeyJ..."] = "eyJ",
        ["eyJ...eyJ 300 apart"] = "-" + string.Concat(Enumerable.Repeat("eyJ", 100)),
        ["aaaa...@"] = new string('a', 4095) + "@",
        ["a...@ 64 apart"] = new string('a', 64) + "@",
        ["a@a.a@a.a"] = "a@a.",
        ["no space"] = "abcdefghijklmnopqrstuvwxyz",
        ["zero-width noise"] = "a\u200b1\u200d\u200b",
        ["fullwidth"] = "ａｂｃ１２３",
        ["accents"] = "e\u0301ö",
        ["many addresses"] = "write to ann.lee@example.org or ",
    };

    private byte[] _text = [];

    /// <summary>Names of the texts.</summary>
    public static IEnumerable<string> Cases => Pieces.Keys;

    /// <summary>Which text.</summary>
    [ParamsSource(nameof(Cases))]
    public string Case { get; set; } = "";

    /// <summary>Most bytes of a text that are held at once, where it comes token by token.</summary>
    internal static long MostHeld(string name) => Policies.Scan(Scanner, Texts.Repeat(Pieces[name]), TokenBytes);

    /// <summary>Makes the text.</summary>
    [GlobalSetup]
    public void Setup() => _text = Texts.Repeat(Pieces[Case]);

    /// <summary>The matcher.</summary>
    [Benchmark]
    public long Scan() => Policies.Scan(Scanner, _text);

    private static string Digits(int count) => string.Concat(Enumerable.Range(0, count).Select(i => (char)('0' + (i * 7 % 10))));
}
