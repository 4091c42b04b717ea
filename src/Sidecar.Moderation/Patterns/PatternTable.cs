using System.Runtime.CompilerServices;

namespace Sidecar.Moderation.Patterns;

/// <summary>A pattern that a state accepts, and what may follow the match.</summary>
/// <param name="Pattern">Index in the list that the table was built from.</param>
/// <param name="Follow">A set of classes of the next code point, for <see cref="PatternTable.MayFollow"/>; 0 is "anything".</param>
public readonly record struct PatternAccept(int Pattern, int Follow);

/// <summary>
/// Patterns as one deterministic automaton over classes of code points, anchored at the start of an attempt. Immutable. A state from which no
/// pattern can be completed any more is <see cref="Dead"/>: a live state has a continuation that ends in a match.
/// <para>
/// A state is a number without further meaning: the place of its row in the one array that holds all transitions, so that a step is one addition
/// and one load. A row has a cell for each class, one for the edge, and one for what the state accepts.
/// </para>
/// </summary>
public sealed class PatternTable
{
    /// <summary>The state of an attempt that cannot succeed.</summary>
    public const int Dead = 0;

    private readonly CodePointClasses _classes;
    private readonly int _width;
    private readonly int[] _classOfPlain = new int[256];
    private readonly int[] _next;
    private readonly int[] _starts;
    private readonly bool[] _mayFollow;
    private readonly Outcome[] _outcomes;
    private readonly PatternAccept[] _accepts;

    private PatternTable(Automaton automaton, IReadOnlyList<Pattern> patterns)
    {
        _classes = automaton.Classes;
        _width = _classes.Count + 2;
        // Escapes, quotes and parts of longer code points are as an edge: nothing leads on from them.
        for (var c = 0; c < _classOfPlain.Length; c++) _classOfPlain[c] = c < 0x80 && c != '\\' && c != '"' ? _classes.Of(c) : EdgeClass;
        StateCount = automaton.StateCount;
        _starts = Array.ConvertAll(automaton.Starts.ToArray(), start => start * _width);
        _mayFollow = automaton.Neighbours.Flatten();
        _next = new int[StateCount * _width];
        for (var state = 0; state < StateCount; state++)
        {
            var row = _next.AsSpan(state * _width, _width);
            automaton.Next(state).CopyTo(row);
            foreach (ref var target in row) target *= _width;
        }
        (_outcomes, _accepts) = AddOutcomes(automaton, patterns);
    }

    /// <summary>What is known in a state: the settled pattern or -1, and whether nothing follows it, where its accepts stand.</summary>
    private readonly record struct Outcome(int Settled, bool IsFinal, int Start, int Count);

    /// <summary>
    /// Builds the table; null and a message for people where it would need more states than <paramref name="maxStates"/>, counted before
    /// like states are merged, or is out of proportion otherwise. The same patterns give the same table.
    /// </summary>
    public static PatternTable? Build(IReadOnlyList<Pattern> patterns, int maxStates, out string? error) =>
        Automaton.Build(patterns, maxStates, out error) is { } automaton ? new PatternTable(automaton, patterns) : null;

    /// <summary>Number of states, <see cref="Dead"/> included.</summary>
    public int StateCount { get; }

    /// <summary>Bytes of all tables together.</summary>
    public long ByteCount => _classes.ByteCount + sizeof(int) * ((long)_next.Length + _starts.Length) + _mayFollow.Length +
        (long)Unsafe.SizeOf<Outcome>() * _outcomes.Length + (long)Unsafe.SizeOf<PatternAccept>() * _accepts.Length;

    /// <summary>The class of "no code point": before the first and after the last one of a text.</summary>
    public int EdgeClass => _classes.Count;

    /// <summary>Number of classes, that of "no code point" among them.</summary>
    public int ClassCount => _classes.Count + 1;

    /// <summary>The class of a code point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ClassOf(int codePoint) => _classes.Of(codePoint);

    /// <summary>The state in which an attempt starts, by the class of the code point before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Start(int previousClass) => _starts[previousClass];

    /// <summary>The state after a code point of the class; <see cref="Dead"/> after the edge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int state, int codePointClass) => _next[state + codePointClass];

    /// <summary>
    /// Takes characters of a text for as long as each is a plain one, leads to a live state, and nothing is accepted, settled or final there.
    /// </summary>
    /// <returns>How many.</returns>
    internal int Run(ref int state, ReadOnlySpan<byte> text)
    {
        var next = _next;
        var classes = _classOfPlain;
        var at = 0;
        for (; at < text.Length; at++)
        {
            var target = next[state + classes[text[at]]];
            if (target == Dead || next[target + _width - 1] != 0) break;
            state = target;
        }
        return at;
    }

    /// <summary>Whether anything is accepted, settled or final in the state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool HasOutcome(int state) => _next[state + _width - 1] != 0;

    /// <summary>What is accepted in the state, in the order of the patterns; empty for most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<PatternAccept> Accepts(int state)
    {
        var outcome = _next[state + _width - 1];
        return outcome == 0 ? default : AcceptsOf(outcome);
    }

    private ReadOnlySpan<PatternAccept> AcceptsOf(int outcome) => _accepts.AsSpan(_outcomes[outcome].Start, _outcomes[outcome].Count);

    /// <summary>Whether a code point of the class may follow a match.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayFollow(int follow, int nextClass) => _mayFollow[follow * (_width - 1) + nextClass];

    /// <summary>
    /// Whether the match of an open-ended pattern is certain in this state and only grows from here: every state that can follow is dead or
    /// settled for the same pattern too, so that the text need not be held for a decision. -1, or the pattern's index, the lowest of several.
    /// </summary>
    public int SettledPattern(int state) => _outcomes[_next[state + _width - 1]].Settled;

    /// <summary>Whether nothing that comes next changes what is accepted: no code point leads on, and any may follow.</summary>
    public bool IsFinal(int state) => _outcomes[_next[state + _width - 1]].IsFinal;

    /// <summary>Fills the last cell of each row. Outcome 0 is that of most states: nothing accepted yet.</summary>
    private (Outcome[], PatternAccept[]) AddOutcomes(Automaton automaton, IReadOnlyList<Pattern> patterns)
    {
        var settled = SettledPatterns(automaton, patterns);
        var known = new SequenceTable();
        known.Add([-1, 0]);
        List<Outcome> outcomes = [new(-1, false, 0, 0)];
        var accepts = new List<PatternAccept>();
        for (var state = 0; state < StateCount; state++)
        {
            var accepted = automaton.Accepts(state);
            var isFinal = IsFinal(automaton, state);
            var outcome = known.Add([settled[state], isFinal ? 1 : 0, .. accepted]);
            _next[(state + 1) * _width - 1] = outcome;
            if (outcome < outcomes.Count) continue;
            outcomes.Add(new(settled[state], isFinal, accepts.Count, accepted.Length));
            foreach (var pattern in accepted) accepts.Add(new(pattern, automaton.Neighbours.After[pattern]));
        }
        return ([.. outcomes], [.. accepts]);
    }

    private static bool IsFinal(Automaton automaton, int state)
    {
        if (automaton.Next(state).ContainsAnyExcept(Dead)) return false;
        foreach (var pattern in automaton.Accepts(state))
            if (automaton.Neighbours.After[pattern] != 0) return false;
        return true;
    }

    private static int[] SettledPatterns(Automaton automaton, IReadOnlyList<Pattern> patterns)
    {
        var settled = new int[automaton.StateCount];
        Array.Fill(settled, -1);
        for (var pattern = patterns.Count - 1; pattern >= 0; pattern--)
        {
            if (!patterns[pattern].IsOpen) continue;
            var isSettled = automaton.Settled(pattern);
            for (var state = 0; state < settled.Length; state++)
                if (isSettled[state]) settled[state] = pattern;
        }
        return settled;
    }
}
