using Sidecar.Moderation;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Patterns;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>What must hold within a rule and within a policy, and the patterns, which are read once it is known whether case counts.</summary>
internal static class RuleChecks
{
    private const int MaxMessage = 256;

    private static readonly string[] Finders = ["detect", "terms", "terms_file", "pattern"];

    /// <summary>Checks a rule by itself.</summary>
    public static Rule Rule(Rule rule, string path, Reading reading)
    {
        var given = Array.FindAll(Finders, key => IsGiven(Reading.Join(path, key), reading));
        if (given.Length == 0)
            reading.Fail(path, reading.PlaceOf(path), "needs `detect`, `terms`, `terms_file` or `pattern`");
        else if (given is not ([_] or ["terms", "terms_file"]))
            Refuse(reading, Reading.Join(path, given[^1]), $"beside `{given[0]}`: a rule has `detect`, or `terms` and `terms_file`, or `pattern`");
        if (!rule.WholeWord && !given.Contains("terms") && !given.Contains("terms_file"))
            Refuse(reading, Reading.Join(path, "whole_word"), "only for a rule with terms");
        var action = Reading.Join(path, "action");
        if (reading.Given(action) is null || reading.Failed(action))
            return rule;
        if (rule.Action != RuleAction.Redact && rule.With != new Rule("", RuleAction.Redact).With)
            Refuse(reading, Reading.Join(path, "with"), "only for the action `redact`");
        if (rule.Action != RuleAction.Mask && rule.KeepLast != 0)
            Refuse(reading, Reading.Join(path, "keep_last"), "only for the action `mask`");
        if (rule.Action != RuleAction.Hash && rule.Key is not null)
            Refuse(reading, Reading.Join(path, "key"), "only for the action `hash`");
        return rule;
    }

    /// <summary>Completes a policy's rules and checks them together.</summary>
    public static PolicyOptions Policy(PolicyOptions policy, string path, Reading reading)
    {
        if (policy.Rules.Count == 0 && reading.Given($"{path}.classifier") is null or { IsNull: true })
            Refuse(reading, path, "needs `rules` or a `classifier`");
        var ids = new HashSet<string>();
        var rules = new Rule[policy.Rules.Count];
        for (var i = 0; i < rules.Length; i++)
        {
            var (rule, here) = (policy.Rules[i], $"{path}.rules[{i}]");
            if (reading.Text($"{here}.id") is not null && !reading.Failed($"{here}.id") && !ids.Add(rule.Id))
                Refuse(reading, $"{here}.id", $"duplicate rule{Quoted(rule.Id, $"{here}.id", reading)}");
            CheckTerms(rule, here, policy.Fold, reading);
            rules[i] = rule with { Pattern = Pattern(here, policy.Fold, reading) };
        }
        return policy with { Rules = rules };
    }

    // An empty list says nothing, but where a list is wrong.
    private static bool IsGiven(string path, Reading reading) =>
        reading.Given(path) is { IsNull: false } node && (node is not ListNode { Items.Count: 0 } || reading.Failed(path));

    private static Pattern? Pattern(string rule, FoldKinds fold, Reading reading)
    {
        var path = $"{rule}.pattern";
        if (reading.Text(path) is not { } text || reading.Failed(path))
            return null;
        var options = fold.HasFlag(FoldKinds.Case) ? PatternOptions.IgnoreCase : PatternOptions.None;
        if (Sidecar.Moderation.Patterns.Pattern.Parse(text, options, out var error) is { } pattern)
            return pattern;
        // Where a reference was replaced, the text's positions are not those of the file.
        var place = reading.Given(path) is ScalarNode scalar && scalar.Text == text ? scalar.PlaceOf(error.Position) : reading.PlaceOf(path);
        var message = reading.Concealed.Contains(path) ? $"not a pattern, at its character {error.Position + 1}" : Shown.Text(error.Message, MaxMessage);
        reading.Fail(path, place, message);
        return null;
    }

    /// <summary>A term of which the fold leaves nothing would be found everywhere, or nowhere.</summary>
    private static void CheckTerms(Rule rule, string path, FoldKinds fold, Reading reading)
    {
        const string Problem = "folds to nothing";
        if (fold == FoldKinds.None || rule.Terms is not TermList terms)
            return;
        var table = FoldTable.For(fold);
        for (var i = 0; i < terms.Written.Count; i++)
        {
            if (terms.Written[i] is { } term && IsNothing(term, table))
                Refuse(reading, $"{path}.terms[{i}]", Problem);
        }
        for (var i = 0; i < terms.File?.Terms.Count; i++)
        {
            if (!IsNothing(terms.File.Terms[i], table))
                continue;
            Refuse(reading, $"{path}.terms_file", Reading.FileProblem(terms.File.Path, $"line {terms.File.Lines[i]} {Problem}"));
            return;
        }
    }

    private static bool IsNothing(string term, FoldTable table)
    {
        foreach (var rune in term.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                if (rune.Value > ' ')
                    return false;
                continue;
            }
            foreach (var folded in table.Fold(rune.Value))
            {
                if (folded > ' ')
                    return false;
            }
        }
        return true;
    }

    private static string Quoted(string text, string path, Reading reading) => reading.Concealed.Contains(path) ? "" : $" `{text}`";

    /// <summary>Refuses the value at <paramref name="path"/>, unless it is wrong already.</summary>
    private static void Refuse(Reading reading, string path, string message)
    {
        if (!reading.Failed(path))
            reading.Fail(path, reading.PlaceOf(path), message);
    }
}
