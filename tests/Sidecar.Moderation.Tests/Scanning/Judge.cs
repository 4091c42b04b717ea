using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>
/// What a policy means, by trying every substring of the whole text with the platform's regular expressions: slow, obvious, and knowing nothing of
/// the engine but the folds of code points and terms. A form is not tried where the platform finds no match of any length.
/// </summary>
internal sealed partial class Judge
{
    private readonly List<Form> _forms = [];
    private readonly Dictionary<string, List<Form>> _terms = [];
    private readonly FoldTable _fold;
    private readonly bool _ignoresCase;
    private int _longestTerm;

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
            foreach (var term in rule.Terms.SelectMany(_fold.FoldTerm).Where(term => term.Length > 0)) AddTerm(rule, order, term);
        }
    }

    /// <summary>The text with all that the rules find replaced.</summary>
    public string Apply(string text)
    {
        var units = Units(text);
        var output = new StringBuilder();
        var numbers = new Dictionary<string, List<string>>();
        var at = 0;
        foreach (var (first, last, form) in Matches(units))
        {
            output.Append(text, at, units[first].Start - at);
            if (form.Rule.Action == RuleAction.Terminate) return output.ToString();
            output.Append(Replacement(form, text[units[first].Start..units[last].End], units, first, last, numbers));
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
        var text = new FoldedText(units);
        var starts = _forms.ConvertAll(form => form.Starts(text.Folded));
        for (var i = 0; i < units.Count; i++)
        {
            var place = text.Offsets[i];
            var forms = _forms.Where((form, number) => starts[number].Contains(place) && form.MayFollow(text.Unit(i - 1))).ToList();
            if (Longest(text, i, forms, out var last) is not { } found) continue;
            yield return (i, last, found);
            if (found.Rule.Action == RuleAction.Terminate) yield break;
            i = last;
        }
    }

    private Form? Longest(FoldedText text, int first, List<Form> forms, out int last)
    {
        var previous = text.Unit(first - 1);
        for (last = forms.Count > 0 ? text.Count - 1 : Math.Min(text.Count, first + _longestTerm) - 1; last >= first; last--)
        {
            var candidate = text.Between(first, last);
            var next = text.Unit(last + 1);
            var found = forms.Where(form => form.Matches(candidate, next));
            if (candidate.Length <= _longestTerm && _terms.TryGetValue(Lower(candidate), out var terms))
            {
                found = found.Concat(terms.Where(term => term.MayFollow(previous) && term.Matches(candidate, next)));
            }
            if (found.MinBy(form => form.Order) is { } best) return best;
        }
        return null;
    }

    private void AddTerm(Rule rule, int order, int[] folded)
    {
        var term = string.Concat(folded.Select(codePoint => new Rune(codePoint).ToString()));
        if (!_terms.TryGetValue(term, out var forms)) _terms.Add(term, forms = []);
        forms.Add(Form.OfTerm(rule, order, rule.WholeWord));
        _longestTerm = Math.Max(_longestTerm, term.Length);
    }

    private string Lower(string text) => string.Concat(text.EnumerateRunes().Select(rune => new Rune(_fold.Lower(rune.Value)).ToString()));

    private static string Replacement(Form form, string text, List<Unit> units, int first, int last, Dictionary<string, List<string>> numbers)
    {
        var folded = string.Concat(units.Skip(first).Take(last - first + 1).Select(unit => unit.Folded));
        if (form.Rule.Action == RuleAction.Hash)
        {
            var digest = HMACSHA256.HashData(form.Rule.Key!, Encoding.UTF8.GetBytes(folded));
            return $"[{form.Type}:{Convert.ToHexStringLower(digest.AsSpan(0, 8))}]";
        }
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
        var with = form.Rule.With;
        if (with.Contains("{n}", StringComparison.Ordinal)) with = with.Replace("{n}", Number(numbers, form.Type, folded), StringComparison.Ordinal);
        return with.Replace("{type}", form.Type, StringComparison.Ordinal).Replace("{TYPE}", form.Type.ToUpperInvariant(), StringComparison.Ordinal);
    }

    // Its place among the texts of the type, in order of first appearance.
    private static string Number(Dictionary<string, List<string>> numbers, string type, string folded)
    {
        if (!numbers.TryGetValue(type, out var seen)) numbers.Add(type, seen = []);
        if (!seen.Contains(folded)) seen.Add(folded);
        return (seen.IndexOf(folded) + 1).ToString(CultureInfo.InvariantCulture);
    }

    // The code points that show something.
    private List<Unit> Units(string text)
    {
        var units = new List<Unit>();
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            var folded = Folded(rune.ToString());
            if (folded.Length > 0) units.Add(new Unit(i, i + length, folded));
            i += length;
        }
        return units;
    }

    private string Folded(string text)
    {
        var folded = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii) folded.Append(rune);
            else foreach (var part in _fold.Fold(rune.Value)) folded.Append(new Rune(part));
        }
        return folded.ToString();
    }

    private sealed record Unit(int Start, int End, string Folded);

    /// <summary>The text as the rules see it, and where its code points begin there.</summary>
    private sealed class FoldedText(List<Unit> units)
    {
        public string Folded { get; } = string.Concat(units.Select(unit => unit.Folded));

        public int[] Offsets { get; } = [.. units.Aggregate(new List<int> { 0 }, (offsets, unit) => [.. offsets, offsets[^1] + unit.Folded.Length])];

        public int Count => units.Count;

        public string Unit(int index) => index < 0 || index >= units.Count ? "" : units[index].Folded;

        public string Between(int first, int last) => Folded[Offsets[first]..Offsets[last + 1]];
    }

    private sealed partial record Form(Rule Rule, int Order, string Type, Func<string, HashSet<int>> Starts, Func<string, bool> MayFollow, Func<string, string, bool> Matches)
    {
        public static Form OfTerm(Rule rule, int order, bool wholeWord) =>
            new(rule, order, rule.Id, _ => [], previous => !wholeWord || !EndsInWord(previous), (_, next) => !wholeWord || !BeginsInWord(next));

        public static Form OfPattern(Rule rule, int order, string type, string text, bool ignoreCase, CandidateTest? test)
        {
            var options = RegexOptions.CultureInvariant | (ignoreCase || text.StartsWith("(?i)", StringComparison.Ordinal) ? RegexOptions.IgnoreCase : 0);
            if (text.StartsWith("(?i)", StringComparison.Ordinal)) text = text[4..];
            var behind = Behind().Match(text).Value;
            var core = text[behind.Length..];
            var ahead = Ahead().Match(core).Value;
            core = core[..^ahead.Length];
            Regex regex = new($"\\A(?:{core})\\z", options), anywhere = new($"(?:{core})", options);
            Regex left = new($"{(behind == "\\b" ? "(?<!\\w)" : behind)}\\z", options), right = new($"\\A{(ahead == "\\b" ? "(?!\\w)" : ahead)}", options);
            return new Form(rule, order, type, whole => Beginnings(anywhere, whole), left.IsMatch, (candidate, next) => regex.IsMatch(candidate) && right.IsMatch(next) &&
                (test is null || test(Encoding.UTF8.GetBytes(candidate))));
        }

        // Places at which a match of some length begins, whatever stands around it.
        private static HashSet<int> Beginnings(Regex regex, string text)
        {
            var beginnings = new HashSet<int>();
            for (var match = regex.Match(text); match.Success; match = match.Index < text.Length ? regex.Match(text, match.Index + 1) : Match.Empty)
            {
                beginnings.Add(match.Index);
            }
            return beginnings;
        }

        private static bool EndsInWord(string text) => text.Length > 0 && Rune.DecodeLastFromUtf16(text, out var rune, out _) == 0 && FoldTable.IsWord(rune.Value);

        private static bool BeginsInWord(string text) => text.Length > 0 && Rune.DecodeFromUtf16(text, out var rune, out _) == 0 && FoldTable.IsWord(rune.Value);

        [GeneratedRegex(@"\A(\\b|\(\?<[!=](\[(\\.|[^\]\\])+\]|\\?.)\))?")]
        private static partial Regex Behind();

        [GeneratedRegex(@"(\\b|\(\?[!=](\[(\\.|[^\]\\])+\]|\\?.)\))?\z")]
        private static partial Regex Ahead();
    }
}
