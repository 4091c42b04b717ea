using System.Globalization;
using System.Text;

namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>docs/detectors.md: what the detectors find of the labelled texts, and why not the rest. It quotes none of them.</summary>
internal static class AccuracyPage
{
    /// <summary>By what decides it, why a thing is not found, or something is found that is not labelled.</summary>
    private static readonly Dictionary<(string Corpus, string Name), string> Reasons = new()
    {
        [(Corpora.Recognizers, "IP_ADDRESS #210")] = "`::` alone is an operator in half a dozen languages, and no one's address",
        [(Corpora.Recognizers, "IP_ADDRESS #251")] = "`::` alone is an operator in half a dozen languages, and no one's address",
        [(Corpora.Recognizers, "PHONE_NUMBER #278")] = "the case wants the grouping of the national plan (libphonenumber's strictest leniency); the number is one",
        [(Corpora.Recognizers, "US_SSN #307")] = "nine digits in a row; the recognizer itself gives them its lowest score",
        [(Corpora.Sentences, "PHONE_NUMBER #50")] = "eight digits in pairs without a calling code or trunk 0",
        [(Corpora.Sentences, "PHONE_NUMBER #83")] = "eight digits without a calling code or trunk 0",
        [(Corpora.Sentences, "PHONE_NUMBER #224")] = "nine digits in threes are a number with its thousands apart",
        [(Corpora.Sentences, "PHONE_NUMBER #225")] = "eight digits without a calling code or trunk 0",
        [(Corpora.Sentences, "PHONE_NUMBER #231")] = "seven digits without a calling code or trunk 0",
        [(Corpora.Sentences, "PHONE_NUMBER #242")] = "eight digits without a calling code or trunk 0",
        [(Corpora.Sentences, "PHONE_NUMBER #253")] = "one has eight digits without a calling code or trunk 0; one is made up: no exchange of North America begins with 1",
        [(Corpora.Sentences, "PHONE_NUMBER #343")] = "eight digits without a calling code or trunk 0",
        [(Corpora.Sentences, "PHONE_NUMBER #356")] = "ten digits in a row",
        [(Corpora.Sentences, "PHONE_NUMBER #362")] = "neither a calling code nor a trunk 0",
        [(Corpora.Sentences, "PHONE_NUMBER #397")] = "neither a calling code nor a trunk 0",
        [(Corpora.Sentences, "PHONE_NUMBER #431")] = "seven digits without a calling code or trunk 0",
    };

    private const string Head = """
        # What the detectors find

        Measured on labelled texts of others with all eleven detectors on. *False* counts findings of the entity's detector that overlap no label.
        gitleaks and secretlint are measured where a key has a form of its own: not passwords in commands and addresses, not values that only a name
        in front of them tells, not files that are no text; a text in which another of their rules finds something is not counted as empty, nor one
        that only a configuration allows. The texts are no part of this repository; the tests write this page where they have them
        (`DETECTORS_PAGE=write dotnet test tests/Sidecar.Moderation.Tests`), and fail when it is out of date.

        | corpus | entity | texts | found | missed | false | recall | precision |
        |---|---|---|---|---|---|---|---|
        """;

    private const string Foot = """

        ## Why not


        """;

    /// <summary>The page.</summary>
    public static string Of(IReadOnlyList<Score> scores)
    {
        var page = new StringBuilder(Head).Append('\n');
        foreach (var score in scores.Where(score => score.Found + score.Missed.Count + score.False.Count > 0)) page.Append(Row(score.Corpus, score.Entity, score));
        page.Append(Row("all but the sentences", "", Accuracy.Total(scores.Where(score => score.Corpus != Corpora.Sentences))));
        page.Append(Foot);
        foreach (var score in scores)
        {
            foreach (var text in score.Missed.Distinct()) page.Append(CultureInfo.InvariantCulture, $"- {score.Corpus}, {text.Name}, missed: {ReasonOf(text)}.\n");
            foreach (var text in score.False.Distinct()) page.Append(CultureInfo.InvariantCulture, $"- {score.Corpus}, {text.Name}, false: {ReasonOf(text)}.\n");
        }
        return page.ToString();
    }

    /// <summary>The reason for a miss or a false finding; null when nobody has thought about it.</summary>
    public static string? ReasonOf(LabelledText text) => Reasons.GetValueOrDefault((text.Corpus, text.Name));

    private static string Row(string corpus, string entity, Score score) => string.Create(CultureInfo.InvariantCulture,
        $"| {corpus} | {entity} | {score.Texts} | {score.Found} | {score.Missed.Count} | {score.False.Count} | {score.Recall:0.000} | {score.Precision:0.000} |\n");
}
