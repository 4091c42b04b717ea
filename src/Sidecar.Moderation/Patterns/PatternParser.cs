namespace Sidecar.Moderation.Patterns;

/// <summary>Reads the text of a pattern by recursive descent. The first thing that is not understood ends it.</summary>
internal sealed partial class PatternParser(string text, PatternOptions options)
{
    private bool _ignoreCase = options.HasFlag(PatternOptions.IgnoreCase);
    private PatternError? _error;
    private int _at;
    private int _beforeAt = -1;
    private int _afterAt = -1;
    private bool _hasAlternatives;

    /// <summary>Why there is no pattern.</summary>
    public PatternError Error => _error ?? default;

    /// <summary>Where the first repeat without an upper limit stands.</summary>
    public int OpenAt { get; private set; } = -1;

    /// <summary>What the look-behind says.</summary>
    public Neighbour? Before { get; private set; }

    /// <summary>What the look-ahead says.</summary>
    public Neighbour? After { get; private set; }

    /// <summary>The pattern without its look-around; null for an error.</summary>
    public Node? Parse()
    {
        if (text.Length > Pattern.MaxTextLength) return Refuse(Pattern.MaxTextLength, $"longer than {Pattern.MaxTextLength} characters");
        if (Take("(?i)")) _ignoreCase = true;
        if (!ReadLookBehind()) return null;
        if (ReadAlternatives(0) is not { } body) return null;
        if (_at < text.Length) return Refuse(_at, "a ) without its (; the character is written \\)");
        if (_hasAlternatives && (_beforeAt >= 0 || _afterAt >= 0))
            return Refuse(Math.Max(_beforeAt, _afterAt), "a look-around is of the whole pattern: its alternatives go into a group (?:a|b)");
        if (body.MinLength == 0) return Refuse(0, "it matches the empty text");
        if (body.MaxLength == Node.Open && After is not null)
            return Refuse(OpenAt, "cannot be bounded: a look-ahead stands behind the open end");
        return body;
    }

    /// <summary>Sets the error, unless there is one.</summary>
    /// <returns>Null.</returns>
    public Node? Refuse(int position, string message)
    {
        _error ??= new PatternError(position, message);
        return null;
    }

    private bool IsAt(string token) => text.AsSpan(_at).StartsWith(token, StringComparison.Ordinal);

    private bool IsAt(char token) => _at < text.Length && text[_at] == token;

    private bool Take(string token)
    {
        if (!IsAt(token)) return false;
        _at += token.Length;
        return true;
    }

    private bool ReadLookBehind()
    {
        _beforeAt = _at;
        if (Take("\\b")) Before = new(CodePointSet.NonWord, true);
        else if (Take("(?<!")) Before = ReadNeighbour(isNegative: true);
        else if (Take("(?<=")) Before = ReadNeighbour(isNegative: false);
        else _beforeAt = -1;
        return _error is null;
    }

    private bool ReadLookAhead(int depth)
    {
        _afterAt = _at;
        if (Take("\\b")) After = new(CodePointSet.NonWord, true);
        else if (Take("(?!")) After = ReadNeighbour(isNegative: true);
        else if (Take("(?=")) After = ReadNeighbour(isNegative: false);
        if (_error is null && (depth > 0 || _at < text.Length))
            Refuse(_afterAt, "a look-ahead or \\b stands at the very end of a pattern, or a \\b at its start");
        return _error is null;
    }

    private Neighbour? ReadNeighbour(bool isNegative)
    {
        if (ReadSet() is not { } set) return null;
        if (!Take(")")) Refuse(_at, "a look-around holds one character, escape or class, and then a )");
        return isNegative ? new(set.Complement(), true) : new(set, false);
    }

    private Node? ReadAlternatives(int depth)
    {
        var start = _at;
        var parts = new List<Node>();
        do
        {
            if (ReadSequence(depth) is not { } part) return null;
            parts.Add(part);
        }
        while (Take("|"));
        _hasAlternatives = parts.Count > 1;
        return parts.Count == 1 ? parts[0] : Within(new AlternativesNode([.. parts]), start);
    }

    private Node? ReadSequence(int depth)
    {
        var parts = new List<Node>();
        var (maxLength, size) = (0, 0);
        while (_at < text.Length && text[_at] is not ('|' or ')'))
        {
            if (IsAt("\\b") || IsAt("(?!") || IsAt("(?="))
            {
                if (!ReadLookAhead(depth)) return null;
                break;
            }
            var start = _at;
            if (ReadAtom(depth) is not { } atom || ReadRepeat(atom) is not { } part) return null;
            parts.Add(part);
            size += part.Size;
            maxLength = maxLength == Node.Open || part.MaxLength == Node.Open ? Node.Open : maxLength + part.MaxLength;
            if (!IsWithin(maxLength, size, start)) return null;
        }
        return parts.Count == 1 ? parts[0] : new SequenceNode([.. parts]);
    }

    private Node? Within(Node node, int position) => IsWithin(node.MaxLength, node.Size, position) ? node : null;

    private bool IsWithin(int maxLength, int size, int position)
    {
        if (maxLength is > Pattern.MaxMatchLength and not Node.Open)
            Refuse(position, $"a match could be longer than {Pattern.MaxMatchLength} characters");
        if (size > Pattern.MaxSize) Refuse(position, $"with its repeats written out it has more than {Pattern.MaxSize} parts");
        return _error is null;
    }

    private Node? ReadAtom(int depth)
    {
        if (!IsAt('(')) return ReadSet() is { } set ? new SetNode(set) : null;
        var start = _at;
        if (!Take("(?:"))
        {
            if (IsAt("(?")) return RefuseGroup();
            _at++;
        }
        if (depth == Pattern.MaxNesting) return Refuse(start, $"more than {Pattern.MaxNesting} groups inside each other");
        if (ReadAlternatives(depth + 1) is not { } body) return null;
        if (!Take(")")) return Refuse(start, "a ( without its ); the character is written \\(");
        return body;
    }

    private Node? RefuseGroup() => Refuse(_at, text.AsSpan(_at) switch
    {
        ['(', '?', '<', '!' or '=', ..] => "a look-behind stands at the very start of a pattern, and only one",
        ['(', '?', 'i', ')', ..] => "(?i) stands at the very start of a pattern",
        ['(', '?', '<' or '\'', ..] => "a named group is not supported; a group is ( ) or (?: )",
        ['(', '?', '>', ..] => "an atomic group (?> is not supported",
        ['(', '?', '#', ..] => "a comment (?# is not supported",
        ['(', '?', '(', ..] => "a conditional group (?( is not supported",
        _ => "this group is not supported; a group is ( ) or (?: )",
    });

    private Node? ReadRepeat(Node part)
    {
        var start = _at;
        var (min, max) = (1, 1);
        if (Take("?")) min = 0;
        else if (Take("*")) (min, max) = (0, Node.Open);
        else if (Take("+")) max = Node.Open;
        else if (IsAt('{')) { if (!ReadCounts(out min, out max)) return null; }
        else return part;
        if (_at < text.Length && text[_at] is '?' or '*' or '+' or '{') return Refuse(_at, IsAt('?')
            ? "a lazy repeat is not supported: all lengths of a match are found"
            : "a repeat of a repeat; a group makes it one: (?:a{2}){3}");
        if (max == Node.Open && !MayBeOpen(start, min)) return null;
        return part.MaxLength == 0 || max == 0 ? Node.Empty : Within(new RepeatNode(part, min, max), start);
    }

    private bool MayBeOpen(int start, int min)
    {
        if (OpenAt < 0) OpenAt = start;
        if (options.HasFlag(PatternOptions.OpenEnd)) return true;
        Refuse(start, $"cannot be bounded: {text[start.._at]} has no upper limit; {{{min},n}} with a number n up to {Pattern.MaxRepeat} has");
        return false;
    }

    private bool ReadCounts(out int min, out int max)
    {
        var start = _at++;
        max = min = ReadCount();
        if (Take(",")) max = IsAt('}') ? Node.Open : ReadCount();
        if (min < 0 || max < 0 || !Take("}")) Refuse(start, "a repeat is written {n} or {n,m}; the character is written \\{");
        else if (Math.Max(min, max == Node.Open ? 0 : max) > Pattern.MaxRepeat) Refuse(start, $"a repeat of more than {Pattern.MaxRepeat}");
        else if (min > max) Refuse(start, "a repeat whose limits are the wrong way round");
        return _error is null;
    }

    /// <summary>A number, however large; -1 for none.</summary>
    private int ReadCount()
    {
        var count = -1;
        for (; _at < text.Length && char.IsAsciiDigit(text[_at]); _at++)
            count = Math.Min(Math.Max(count, 0) * 10 + (text[_at] - '0'), Pattern.MaxRepeat + 1);
        return count;
    }
}
