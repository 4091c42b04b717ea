using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Detectors;

/// <summary>
/// Keys and tokens of services, by what their makers begin them with. Most are one run of characters of a known length. Of these the policy's automaton
/// knows the first four characters and any run behind them, which costs it some hundred states; a candidate then goes through an automaton of its own,
/// which knows them exactly. The others have other characters in them, or a length that nobody promises.
/// </summary>
internal static partial class ApiKey
{
    private const int KnownLength = 4;
    private const int MaxStates = 10_000;
    private const string NotBehind = "(?<![0-9A-Za-z])";
    private const string NotBefore = "(?![0-9A-Za-z])";
    private const string NotBeforeBase64 = "(?![0-9A-Za-z+/=])";
    private const string GoesOn = "[0-9A-Za-z+/=_-]*";

    /// <summary>What a placeholder of an open length goes on with: xxxx.</summary>
    private const string NoPlaceholder = "(?:[0-9A-WYZa-wyz+/_-]|[Xx][0-9A-WYZa-wyz+/_-])";

    private static readonly CandidateTest Above3 = Entropy.Above(3);
    private static readonly CandidateTest Above35 = Entropy.Above(3.5);
    private static readonly CandidateTest Above4 = Entropy.Above(4);

    private static readonly Run[] Runs = [.. ModelRuns(), .. CloudRuns(), .. CodeRuns(), .. ServiceRuns()];

    private static readonly Form[] Forms = [.. ModelForms(), .. CloudForms(), .. CodeForms(), .. ServiceForms()];

    public static Detector Detector { get; } = new("api_key", [new(AnyRun(), Test: IsRun), .. Forms.GroupBy(form => form with { Text = "" }, Join)]);

    /// <summary>The keys of known length, and what each must pass besides.</summary>
    internal static IEnumerable<(Pattern Pattern, CandidateTest Test)> Known => Runs.Select(run => (run.Pattern, run.Test));

    /// <summary>Whether a text is a key of known length.</summary>
    public static bool IsRun(ReadOnlySpan<byte> text)
    {
        var exact = ExactRuns.Table;
        var state = exact.Start(exact.EdgeClass);
        foreach (var c in text)
        {
            state = exact.Next(state, exact.ClassOf(c));
            if (state == PatternTable.Dead) return false;
        }
        foreach (var accept in exact.Accepts(state))
            if (Runs[accept.Pattern].Test(text)) return true;
        return false;
    }

    private static string AnyRun()
    {
        var beginnings = string.Join('|', Runs.SelectMany(run => run.Prefixes).Select(Beginning).Distinct());
        var fewest = Runs.Min(run => run.Pattern.Body.MinLength) - KnownLength;
        var most = Runs.Max(run => run.Pattern.MaxLength) - KnownLength;
        return $"{NotBehind}(?:{beginnings})[0-9A-Za-z_=.+/-]{{{fewest},{most}}}{NotBefore}";
    }

    private static DetectorPattern Join(Form alike, IEnumerable<Form> forms) =>
        new($"{alike.Behind}(?:{string.Join('|', forms.Select(form => form.Text))}){alike.End}", alike.IgnoreCase, alike.Test);

    private static string Beginning(string prefix) =>
        Escape(prefix[..Math.Min(prefix.Length, KnownLength)]) + (prefix.Length < KnownLength ? $"[0-9A-Za-z_-]{{{KnownLength - prefix.Length}}}" : "");

    private static string Escape(string prefix) => prefix.Replace(".", "\\.", StringComparison.Ordinal);

    /// <summary>A key of known length, of the characters 0-9 A-Z a-z _ = . + / -</summary>
    private sealed class Run
    {
        /// <summary>Makes a kind.</summary>
        /// <param name="prefixes">What it begins with: one of these, separated by spaces. Behind fewer than four characters follows a letter, a digit, _ or -.</param>
        /// <param name="rest">The rest, a pattern.</param>
        /// <param name="test">What tells the whole from a placeholder.</param>
        public Run(string prefixes, string rest, CandidateTest test)
        {
            Prefixes = prefixes.Split(' ');
            Test = test;
            var prefix = $"(?:{string.Join('|', Prefixes.Select(Escape))})";
            Pattern = Pattern.Parse(prefix + rest, PatternOptions.None, out var error)
                ?? throw new InvalidOperationException($"{prefixes}: {error}");
        }

        public string[] Prefixes { get; }

        public Pattern Pattern { get; }

        public CandidateTest Test { get; }
    }

    /// <summary>A key of another kind. Those that differ in their text only become one pattern, so that the automaton has their ends once.</summary>
    /// <param name="Text">Its characters.</param>
    /// <param name="Behind">What it stands behind, or does not.</param>
    /// <param name="End">How it goes on, or does not.</param>
    /// <param name="IgnoreCase">Whether upper and lower case are one.</param>
    /// <param name="Test">What tells it from a placeholder.</param>
    private readonly record struct Form(string Text, string Behind, string End, bool IgnoreCase = false, CandidateTest? Test = null);

    /// <summary>A key whose length nobody promises.</summary>
    /// <param name="text">As much of it as makes it certain.</param>
    private static Form Open(string text) => new(text, NotBehind, GoesOn);

    // Built when the first policy needs it: a process without one starts without it.
    private static class ExactRuns
    {
        public static readonly PatternTable Table = PatternTable.Build(Array.ConvertAll(Runs, run => run.Pattern), MaxStates, out var error)
            ?? throw new InvalidOperationException(error);
    }
}
