using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>
/// What a policy means, by trying every substring of the whole text with the platform's regular expressions: slow, obvious, and knowing nothing of
/// the engine but the fold of single code points.
/// </summary>
internal sealed partial class Judge
{
    private readonly List<Form> _forms = [];
    private readonly FoldTable _fold;
    private readonly bool _ignoresCase;

    public Judge(IReadOnlyList<Rule> rules, FoldKinds kinds)
    {
        _fold = FoldTable.For(kinds);
        _ignoresCase = (kinds & FoldKinds.Case) != 0;
        for (var order = 0; order < rules.Count; order++)
        {
            var rule = rules[order];
            foreach (var detector in rule.Detect)
            {
                foreach (var form in detector.Patterns) _forms.Add(Form.OfPattern(rule, order, detector.Name, form.Text, form.IgnoreCase, form.Test));
            }
            if (rule.Pattern is { } pattern) _forms.Add(Form.OfPattern(rule, order, rule.Id, pattern.Text, _ignoresCase, null));
            foreach (var term in rule.Terms) _forms.Add(Form.OfTerm(rule, order, Folded(term, lower: true), rule.WholeWord));
        }
    }

    /// <summary>The text with all that the rules find replaced.</summary>
    public string Apply(string text)
    {
        var units = Units(text);
        var output = new StringBuilder();
        var at = 0;
        foreach (var (first, last, form) in Matches(units))
        {
            output.Append(text, at, units[first].Start - at);
            if (form.Rule.Action == RuleAction.Terminate) return output.ToString();
            output.Append(Replacement(form, text[units[first].Start..units[last].End], units, first, last));
            at = units[last].End;
        }
        return output.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>What is found, as UTF-16 ranges and rule ids.</summary>
    public IReadOnlyList<(int Start, int End, string Rule)> Find(string text)
    {
        var units = Units(text);
        return [.. Matches(units).Select(match => (units[match.First].Start, units[match.Last].End, match.Form.Rule.Id))];
    }

    private IEnumerable<(int First, int Last, Form Form)> Matches(List<Unit> units)
    {
        for (var i = 0; i < units.Count; i++)
        {
            if (Longest(units, i, out var last) is not { } found) continue;
            yield return (i, last, found);
            if (found.Rule.Action == RuleAction.Terminate) yield break;
            i = last;
        }
    }

    private Form? Longest(List<Unit> units, int first, out int last)
    {
        var previous = first == 0 ? "" : units[first - 1].Folded;
        for (last = units.Count - 1; last >= first; last--)
        {
            var candidate = string.Concat(units.Skip(first).Take(last - first + 1).Select(unit => unit.Folded));
            var next = last + 1 == units.Count ? "" : units[last + 1].Folded;
            foreach (var form in _forms)
            {
                if (form.Matches(candidate, previous, next, _fold)) return form;
            }
        }
        return null;
    }

    private static string Replacement(Form form, string text, List<Unit> units, int first, int last)
    {
        if (form.Rule.Action == RuleAction.Mask)
        {
            var shown = last - first + 1 - form.Rule.KeepLast;
            var masked = new StringBuilder();
            foreach (var unit in units.Skip(first).Take(last - first + 1))
            {
                if (shown-- > 0) masked.Append('*');
                else masked.Append(text, unit.Start - units[first].Start, unit.End - unit.Start);
            }
            return masked.ToString();
        }
        return form.Rule.With.Replace("{type}", form.Type, StringComparison.Ordinal).Replace("{TYPE}", form.Type.ToUpperInvariant(), StringComparison.Ordinal);
    }

    // The code points that show something.
    private List<Unit> Units(string text)
    {
        var units = new List<Unit>();
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            var folded = Folded(rune.ToString(), lower: false);
            if (folded.Length > 0) units.Add(new Unit(i, i + length, folded));
            i += length;
        }
        return units;
    }

    private string Folded(string text, bool lower)
    {
        var folded = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii) Append(rune.Value);
            else foreach (var part in _fold.Fold(rune.Value)) Append(part);
        }
        return folded.ToString();

        void Append(int codePoint) => folded.Append(new Rune(lower ? _fold.Lower(codePoint) : codePoint));
    }

    private sealed record Unit(int Start, int End, string Folded);

    private sealed partial record Form(Rule Rule, int Order, string Type, Func<string, string, string, FoldTable, bool> Matches)
    {
        public static Form OfTerm(Rule rule, int order, string term, bool wholeWord) => new(rule, order, rule.Id, (candidate, previous, next, fold) =>
            string.Concat(candidate.EnumerateRunes().Select(rune => new Rune(fold.Lower(rune.Value)).ToString())) == term &&
            (!wholeWord || (!EndsInWord(previous) && !BeginsInWord(next))));

        public static Form OfPattern(Rule rule, int order, string type, string text, bool ignoreCase, CandidateTest? test)
        {
            var options = RegexOptions.CultureInvariant | (ignoreCase || text.StartsWith("(?i)", StringComparison.Ordinal) ? RegexOptions.IgnoreCase : 0);
            if (text.StartsWith("(?i)", StringComparison.Ordinal)) text = text[4..];
            var behind = Behind().Match(text).Value;
            var core = text[behind.Length..];
            var ahead = Ahead().Match(core).Value;
            var regex = new Regex($"\\A(?:{core[..^ahead.Length]})\\z", options);
            Regex left = new($"{(behind == "\\b" ? "(?<!\\w)" : behind)}\\z", options), right = new($"\\A{(ahead == "\\b" ? "(?!\\w)" : ahead)}", options);
            return new Form(rule, order, type, (candidate, previous, next, _) => regex.IsMatch(candidate) && left.IsMatch(previous) && right.IsMatch(next) &&
                (test is null || test(Encoding.UTF8.GetBytes(candidate))));
        }

        private static bool EndsInWord(string text) => text.Length > 0 && Rune.DecodeLastFromUtf16(text, out var rune, out _) == 0 && FoldTable.IsWord(rune.Value);

        private static bool BeginsInWord(string text) => text.Length > 0 && Rune.DecodeFromUtf16(text, out var rune, out _) == 0 && FoldTable.IsWord(rune.Value);

        [GeneratedRegex(@"\A(\\b|\(\?<[!=](\[(\\.|[^\]\\])+\]|\\?.)\))?")]
        private static partial Regex Behind();

        [GeneratedRegex(@"(\\b|\(\?[!=](\[(\\.|[^\]\\])+\]|\\?.)\))?\z")]
        private static partial Regex Ahead();
    }
}
