namespace Sidecar.Moderation.Tests.Detectors;

public sealed class AccuracyTests(ITestOutputHelper output)
{
    private const double Floor = 0.98;

    private static readonly Lazy<IReadOnlyList<Score>> Scores = new(() => Accuracy.Of(ScannerFinder.All, Corpora.All));

    [Fact]
    public void The_cases_of_recognizers_and_of_rules_for_secrets_are_found_and_little_else()
    {
        if (!HasTexts()) return;
        var score = Accuracy.Total(Scores.Value.Where(score => score.Corpus != Corpora.Sentences));
        output.WriteLine($"found {score.Found}, missed {score.Missed.Count}, false {score.False.Count}");
        Assert.InRange(score.Recall, Floor, 1);
        Assert.InRange(score.Precision, Floor, 1);
    }

    [Fact]
    public void Next_to_nothing_in_sentences_is_found_that_is_not_labelled()
    {
        if (!HasTexts()) return;
        Assert.InRange(Accuracy.Total(Scores.Value.Where(score => score.Corpus == Corpora.Sentences)).Precision, Floor, 1);
    }

    [Fact]
    public void Every_miss_and_every_false_finding_has_a_reason()
    {
        if (!HasTexts()) return;
        Assert.All(Scores.Value.SelectMany(score => score.Missed.Concat(score.False)), text => Assert.NotNull(AccuracyPage.ReasonOf(text)));
    }

    [Fact]
    public void The_page_in_docs_says_what_the_texts_say()
    {
        if (!HasTexts()) return;
        var page = AccuracyPage.Of(Scores.Value);
        var file = Path.Combine(Root(), "docs", "detectors.md");
        if (Environment.GetEnvironmentVariable("DETECTORS_PAGE") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, page);
        }
        Assert.Equal(page, File.ReadAllText(file).ReplaceLineEndings("\n"));
    }

    private bool HasTexts()
    {
        if (Corpora.All.Count > 0) return true;
        output.WriteLine("shared/data/moderation is not here: nothing was measured");
        return false;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "sidecar.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
