namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>What was found of what was to be found, by entity.</summary>
/// <param name="Corpus">Where the texts are from.</param>
/// <param name="Entity">What is to be found.</param>
internal sealed record Score(string Corpus, string Entity)
{
    public int Texts { get; set; }

    public int Found { get; set; }

    public List<LabelledText> Missed { get; } = [];

    public List<LabelledText> False { get; } = [];

    public double Recall => Ratio(Found, Found + Missed.Count);

    public double Precision => Ratio(Found, Found + False.Count);

    private static double Ratio(int part, int whole) => whole == 0 ? 1 : (double)part / whole;
}

/// <summary>Measures a finder on the labelled texts.</summary>
internal static class Accuracy
{
    public static IReadOnlyList<Score> Of(IFinder finder, IEnumerable<LabelledText> texts)
    {
        var scores = new Dictionary<(string, string), Score>();
        foreach (var text in texts)
        {
            var entity = text.IsSecret ? "keys, tokens, private keys" : text.Entity;
            if (!scores.TryGetValue((text.Corpus, entity), out var score)) scores.Add((text.Corpus, entity), score = new Score(text.Corpus, entity));
            Add(score, text, [.. finder.Find(text.Text).Where(finding => text.Types.Contains(finding.Type))]);
        }
        return [.. scores.Values];
    }

    public static Score Total(IEnumerable<Score> scores)
    {
        var total = new Score("", "");
        foreach (var score in scores)
        {
            total.Texts += score.Texts;
            total.Found += score.Found;
            total.Missed.AddRange(score.Missed);
            total.False.AddRange(score.False);
        }
        return total;
    }

    private static void Add(Score score, LabelledText text, List<Finding> findings)
    {
        score.Texts++;
        if (text.Spans.Count == 0)
        {
            // A text of a rule for secrets may hold others besides its own.
            var most = text.Count > 0 && text.IsSecret ? findings.Count : text.Count;
            score.Found += Math.Min(findings.Count, text.Count);
            Repeat(score.Missed, text, text.Count - findings.Count);
            Repeat(score.False, text, findings.Count - most);
            return;
        }
        var found = text.Spans.Count(span => findings.Exists(finding => finding.Start < span.End && span.Start < finding.End));
        score.Found += found;
        Repeat(score.Missed, text, text.Spans.Count - found);
        Repeat(score.False, text, findings.Count(finding => !text.Spans.Any(span => finding.Start < span.End && span.Start < finding.End)));
    }

    private static void Repeat(List<LabelledText> texts, LabelledText text, int times)
    {
        for (; times > 0; times--) texts.Add(text);
    }
}
