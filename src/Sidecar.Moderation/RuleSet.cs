using System.Diagnostics;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Patterns;
using Sidecar.Moderation.Terms;

namespace Sidecar.Moderation;

/// <summary>The rules of a policy, compiled: built once, immutable, shared by all streams, swapped as a whole when the configuration changes.</summary>
public sealed class RuleSet
{
    /// <summary>States of a policy's patterns past which it is refused.</summary>
    public const int MaxStates = 60_000;

    private RuleSet(IReadOnlyList<Rule> rules, RuleTables? enforced, RuleTables? flagged)
    {
        Rules = rules;
        Enforced = enforced;
        Flagged = flagged;
    }

    /// <summary>As configured.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>Number of terms.</summary>
    public int TermCount => Rules.Sum(rule => rule.Terms.Count);

    /// <summary>States of the patterns' automata.</summary>
    public int StateCount => (Enforced?.Patterns.StateCount ?? 0) + (Flagged?.Patterns.StateCount ?? 0);

    /// <summary>Bytes of all tables.</summary>
    public long ByteCount => (Enforced?.ByteCount ?? 0) + (Flagged?.ByteCount ?? 0);

    /// <summary>How long the building took.</summary>
    public TimeSpan BuildTime { get; private set; }

    /// <summary>Rules that change or end a text; null when there is none.</summary>
    internal RuleTables? Enforced { get; }

    /// <summary>Rules that only tell: they hold nothing back and hide nothing from the others.</summary>
    internal RuleTables? Flagged { get; }

    /// <summary>Compiles rules; null and what is wrong, for people, when they are too large together.</summary>
    public static RuleSet? Build(IReadOnlyList<Rule> rules, FoldKinds kinds, out string? error)
    {
        var started = Stopwatch.GetTimestamp();
        var fold = FoldTable.For(kinds);
        if (!TryCompile(rules, flags: false, fold, out var enforced, out error) || !TryCompile(rules, flags: true, fold, out var flagged, out error)) return null;
        return new RuleSet(rules, enforced, flagged) { BuildTime = Stopwatch.GetElapsedTime(started) };
    }

    private static bool TryCompile(IReadOnlyList<Rule> rules, bool flags, FoldTable fold, out RuleTables? tables, out string? error)
    {
        tables = null;
        error = null;
        var hits = new List<Hit>();
        var patterns = new List<Pattern>();
        var patternHits = new List<int>();
        var alphabet = new TermAlphabet();
        TermTrieBuilder words = new(), anywhere = new();
        for (var order = 0; order < rules.Count; order++)
        {
            var rule = rules[order];
            if (rule.Action == RuleAction.Flag != flags) continue;
            foreach (var detector in rule.Detect)
            {
                foreach (var form in detector.Patterns)
                {
                    AddPattern(Pattern.Parse(form.Text, PatternOptions.OpenEnd | (form.IgnoreCase ? PatternOptions.IgnoreCase : 0), out var wrong)
                        ?? throw new InvalidOperationException($"{detector.Name}: {wrong}"), new Hit(rule, order, detector.Name, form.Test));
                }
            }
            if (rule.Pattern is { } pattern) AddPattern(pattern, new Hit(rule, order, rule.Id, null));
            if (rule.Terms.Count == 0) continue;
            hits.Add(new Hit(rule, order, rule.Id, null));
            foreach (var term in rule.Terms) AddTerm(rule.WholeWord ? words : anywhere, term, hits.Count - 1, alphabet, fold);
        }
        if (hits.Count == 0) return true;
        var table = PatternTable.Build(patterns, MaxStates, out error);
        if (table is null) return false;
        tables = new RuleTables([.. hits], [.. patternHits], table, words.Build(), anywhere.Build(), alphabet, fold);
        return true;

        void AddPattern(Pattern pattern, Hit hit)
        {
            patterns.Add(pattern);
            patternHits.Add(hits.Count);
            hits.Add(hit);
        }
    }

    private static void AddTerm(TermTrieBuilder trie, string term, int hit, TermAlphabet alphabet, FoldTable fold)
    {
        // A term that folds to nothing would match everywhere; the configuration refuses it.
        foreach (var folded in fold.FoldTerm(term))
        {
            if (folded.Length > 0) trie.Add(Array.ConvertAll(folded, alphabet.Add), hit);
        }
    }
}
