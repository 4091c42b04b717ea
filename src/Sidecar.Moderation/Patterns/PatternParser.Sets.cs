using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sidecar.Moderation.Patterns;

/// <summary>What matches one code point: literals, escapes, classes.</summary>
internal sealed partial class PatternParser
{
    private const string Escapes = "\\d \\D \\w \\W \\s \\S \\t \\n \\r \\f \\v \\xHH \\uHHHH and escaped punctuation";

    /// <summary>A literal, an escape, a class or a dot; null for an error.</summary>
    private CodePointSet? ReadSet()
    {
        if (_at == text.Length) return RefuseSet(_at, "the pattern ends too early");
        switch (text[_at])
        {
            case '.':
                _at++;
                return CodePointSet.AnyButNewline;
            case '[':
                return ReadClass();
            case '\\':
                return ReadEscape(out var codePoint, inClass: false) ?? One(codePoint);
            case '^' or '$':
                return RefuseSet(_at, $"an anchor is not supported: a pattern is searched for anywhere; the character is written \\{text[_at]}");
            case '*' or '+' or '?' or '{':
                return RefuseSet(_at, $"nothing to repeat; the character is written \\{text[_at]}");
            case '(' or ')' or '|' or ']' or '}':
                return RefuseSet(_at, $"the character is written \\{text[_at]}");
            default:
                return One(ReadCodePoint());
        }
    }

    private CodePointSet? One(int codePoint)
    {
        if (_error is not null) return null;
        List<CodePointRange> one = [new(codePoint, codePoint)];
        return CodePointSet.Of(_ignoreCase ? CaseOrbits.Close(one) : one);
    }

    private CodePointSet? RefuseSet(int position, string message)
    {
        Refuse(position, message);
        return null;
    }

    private CodePointSet? ReadClass()
    {
        var start = _at++;
        var isNegative = Take("^");
        var members = new List<CodePointRange>();
        for (var isFirst = true; !IsAt(']') || isFirst; isFirst = false)
        {
            if (_at == text.Length) return RefuseSet(start, "a [ without its ]; the character is written \\[");
            if (!ReadClassMember(members, isFirst)) return null;
        }
        _at++;
        var set = CodePointSet.Of(_ignoreCase ? CaseOrbits.Close(members) : members);
        if (isNegative) set = set.Complement();
        return set.IsEmpty ? RefuseSet(start, "a class of nothing") : set;
    }

    /// <summary>Reads a code point, a range or an escape for a set.</summary>
    private bool ReadClassMember(List<CodePointRange> members, bool isFirst)
    {
        var start = _at;
        if (IsAt('-') && !isFirst && !IsAt("-]"))
            return RefuseMember(start, "a - that is no range stands first or last in a class, or is written \\-");
        if (ReadEndpoint(out var first) is { } set)
        {
            foreach (var range in set.Ranges) members.Add(range);
            return !IsAt('-') || IsAt("-]") || RefuseMember(start, "a range begins and ends with one character");
        }
        var last = first;
        if (_error is null && IsAt('-') && !IsAt("-]"))
        {
            if (++_at == text.Length) return true;
            if (ReadEndpoint(out last) is not null) return RefuseMember(start, "a range begins and ends with one character");
            if (first > last && _error is null) return RefuseMember(start, "a range whose ends are the wrong way round");
        }
        members.Add(new(first, last));
        return _error is null;
    }

    private bool RefuseMember(int position, string message)
    {
        Refuse(position, message);
        return false;
    }

    /// <summary>One code point of a class, or the set of an escape.</summary>
    private CodePointSet? ReadEndpoint(out int codePoint)
    {
        codePoint = -1;
        if (_at == text.Length) return null;
        if (IsAt('\\')) return ReadEscape(out codePoint, inClass: true);
        if (IsAt("[:")) return RefuseSet(_at, "a POSIX class is not supported; the character is written \\[");
        if (text[_at] is '[' or ']') return RefuseSet(_at, $"in a class the character is written \\{text[_at]}");
        codePoint = ReadCodePoint();
        return null;
    }

    private int ReadCodePoint()
    {
        var status = Rune.DecodeFromUtf16(text.AsSpan(_at), out var rune, out var length);
        if (status != OperationStatus.Done) Refuse(_at, "half of a surrogate pair");
        _at += length;
        return rune.Value;
    }

    /// <summary>The set of an escape; null for an error or for the escape of one code point.</summary>
    private CodePointSet? ReadEscape(out int codePoint, bool inClass)
    {
        var start = _at++;
        codePoint = -1;
        if (_at == text.Length) return RefuseSet(start, "a \\ at the end; the character is written \\\\");
        var c = text[_at++];
        switch (c)
        {
            case 'd': return CodePointSet.Digit;
            case 'D': return CodePointSet.NonDigit;
            case 'w': return CodePointSet.Word;
            case 'W': return CodePointSet.NonWord;
            case 's': return CodePointSet.Space;
            case 'S': return CodePointSet.NonSpace;
            case 't': codePoint = '\t'; return null;
            case 'n': codePoint = '\n'; return null;
            case 'r': codePoint = '\r'; return null;
            case 'f': codePoint = '\f'; return null;
            case 'v': codePoint = '\v'; return null;
            case 'x': codePoint = ReadHex(start, 2); return null;
            case 'u': codePoint = ReadUtf16(start); return null;
        }
        if (IsPunctuation(c) && (inClass || c is not ('<' or '\''))) codePoint = c;
        else RefuseEscape(start, c, inClass);
        return null;
    }

    private static bool IsPunctuation(char c) => c == ' ' || (char.IsAscii(c) && c != '_' && (char.IsPunctuation(c) || char.IsSymbol(c)));

    private void RefuseEscape(int start, char c, bool inClass) => Refuse(start, c switch
    {
        'p' or 'P' => $"a Unicode category \\{c} is not supported",
        '<' or '\'' => $"\\{c} can begin a back-reference; the character is written {c}",
        >= '1' and <= '9' or 'k' => $"a back-reference \\{c} is not supported",
        '0' => "an octal escape \\0 is not supported; the character is written \\x00",
        'b' when inClass => "\\b in a class is not supported; the character is written \\x08",
        'A' or 'B' or 'G' or 'Z' or 'z' => $"an anchor \\{c} is not supported",
        _ => $"an escape \\{c} is not supported; there are {Escapes}",
    });

    private int ReadUtf16(int start)
    {
        var unit = ReadHex(start, 4);
        if (!char.IsSurrogate((char)unit)) return unit;
        if (char.IsHighSurrogate((char)unit) && Take("\\u") && ReadHex(start, 4) is var low && char.IsLowSurrogate((char)low))
            return char.ConvertToUtf32((char)unit, (char)low);
        Refuse(start, "half of a surrogate pair");
        return 0;
    }

    private int ReadHex(int start, int digits)
    {
        var end = Math.Min(_at + digits, text.Length);
        if (end - _at == digits && int.TryParse(text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, null, out var value))
        {
            _at = end;
            return value;
        }
        Refuse(start, $"the escape needs {digits} hexadecimal digits");
        return 0;
    }
}
