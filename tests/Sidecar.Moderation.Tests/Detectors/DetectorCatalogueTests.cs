using System.Text;
using CsCheck;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Detectors;

public sealed class DetectorCatalogueTests(ITestOutputHelper output)
{
    private const int MostStates = 9_500;

    /// <summary>Pieces of what is found, and of what makes it something else.</summary>
    private static readonly string[] Pieces =
    [
        "bob", "@", "example", ".com", "+1", " ", "415", "-", "555", "0132", "(", ")", "4012", "8888", "1881", "GB29", "NWBK", "6016", "1331", "9268", "19",
        "078", "05", "1123", "192.168", ".", "1", "10.0.0.1", "/24", "2001:db8", "::", ":", "00:1A:2B:3C", "4D:5E", "bc1q", "0x", "sk-", "AKIA", "ghp_",
        "742d35Cc6634C0532925a3b844Bc454e4438f44e", "a1B2c3D4e5F6g7H8", "Z9y8X7w6V5u4T3s2", "eyJhbGciOiJIUzI1NiJ9", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "\n", "x", "_", "中",
    ];

    [Fact]
    public void The_detectors_are_those_of_the_contract_in_its_order() => Assert.Equal(
        ["email", "phone", "credit_card", "iban", "us_ssn", "ip_address", "mac_address", "crypto_wallet", "api_key", "jwt", "private_key"],
        DetectorCatalogue.All.Select(detector => detector.Name));

    [Fact]
    public void A_form_with_an_open_end_has_no_test() => Assert.All(DetectorCatalogue.All.SelectMany(detector => detector.Patterns), form =>
    {
        var pattern = Pattern.Parse(form.Text, PatternOptions.OpenEnd | (form.IgnoreCase ? PatternOptions.IgnoreCase : 0), out var error);
        Assert.True(pattern is not null, error.Message);
        Assert.True(pattern.MaxLength < int.MaxValue || form.Test is null, form.Text);
    });

    [Fact]
    public void Together_they_stay_small()
    {
        output.WriteLine($"{ScannerFinder.AllDetectors.StateCount} states, {ScannerFinder.AllDetectors.ByteCount / 1024} KiB");
        Assert.InRange(ScannerFinder.AllDetectors.StateCount, 1, MostStates);
    }

    [Fact]
    public void The_scanner_finds_in_labelled_texts_what_regular_expressions_find() =>
        Assert.All(Corpora.All.Select(text => text.Text).Distinct().Where(IsUnfolded), AreAlike);

    [Fact]
    public void The_scanner_finds_in_harmless_texts_what_regular_expressions_find() => Assert.All(HarmlessTexts.Lines.Where(IsUnfolded), AreAlike);

    [Fact]
    public void The_scanner_finds_in_any_text_what_regular_expressions_find() =>
        Gen.Int[0, Pieces.Length - 1].Array[1, 14].Select(pieces => string.Concat(pieces.Select(piece => Pieces[piece]))).Sample(AreAlike, iter: 5_000);

    [Fact]
    public void A_test_allocates_nothing()
    {
        var candidates = DetectorCatalogue.All.SelectMany(detector => detector.Patterns).Where(form => form.Test is not null).Select(form =>
        {
            var pattern = Pattern.Parse(form.Text, form.IgnoreCase ? PatternOptions.IgnoreCase : 0, out _)!;
            return (Test: form.Test!, Texts: Samples.Of(pattern).Take(20).Select(Encoding.UTF8.GetBytes).ToArray());
        }).ToArray();
        RunAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        RunAll();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void RunAll()
        {
            foreach (var (test, texts) in candidates)
                foreach (var text in texts) test(text);
        }
    }

    private static readonly ReferenceFinder Reference = new();

    // The scanner sees through folds and escapes, and regular expressions do not.
    private static bool IsUnfolded(string text) => text.All(c => char.IsAscii(c) && c != '\\');

    private static void AreAlike(string text) => Assert.Equal(Reference.Find(text), ScannerFinder.All.Find(text));
}
