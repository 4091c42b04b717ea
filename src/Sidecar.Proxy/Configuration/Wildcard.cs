namespace Sidecar.Proxy.Configuration;

/// <summary>Patterns in which <c>*</c> stands for any run of characters, the empty one included. Case matters.</summary>
public static class Wildcard
{
    /// <summary>Whether one of the patterns is for this text.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, ReadOnlySpan<char> text)
    {
        foreach (var pattern in patterns)
        {
            if (Matches(pattern, text)) return true;
        }
        return false;
    }

    /// <summary>Whether the whole text matches. Linear in practice: only the last star is ever tried again.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].Trim('*').IsEmpty;
    }
}
