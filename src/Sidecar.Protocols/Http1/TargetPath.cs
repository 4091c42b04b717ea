namespace Sidecar.Protocols.Http1;

/// <summary>Decides whether every peer reads a path alike (RFC 3986 §3.3, §5.2.4, §6.2.2).</summary>
internal static class TargetPath
{
    /// <summary>
    /// Refused are characters outside the URI grammar, a fragment, a percent sign without two hexadecimal digits, an encoded
    /// NUL, and dot segments in any spelling: a router that resolves them and one that does not see different paths.
    /// </summary>
    public static bool IsUnambiguous(ReadOnlySpan<byte> target, out int pathLength)
    {
        var query = target.IndexOf((byte)'?');
        pathLength = query < 0 ? target.Length : query;
        if (target.ContainsAnyExcept(Characters.Target)) return false;
        for (var rest = target; rest.IndexOf((byte)'%') is var percent and >= 0; rest = rest[(percent + 3)..])
        {
            if (percent + 2 >= rest.Length || Characters.HexValue(rest[percent + 1]) < 0 || Characters.HexValue(rest[percent + 2]) < 0) return false;
            if (rest[percent + 1] == (byte)'0' && rest[percent + 2] == (byte)'0') return false;
        }
        return !HasDotSegment(target[..pathLength]);
    }

    /// <summary>
    /// Reads the path as the most eager peer does: percent-encoded bytes decoded, encoded slashes and backslashes taken for slashes, what follows
    /// a semicolon in a segment left out. Every percent sign has its two digits by now.
    /// </summary>
    private static bool HasDotSegment(ReadOnlySpan<byte> path)
    {
        const int NotDots = -1;
        var dots = 0;
        while (!path.IsEmpty)
        {
            var isEncoded = path[0] == (byte)'%';
            var c = isEncoded ? (Characters.HexValue(path[1]) << 4) | Characters.HexValue(path[2]) : path[0];
            path = path[(isEncoded ? 3 : 1)..];
            if (c is '/' or '\\' or ';' && dots is 1 or 2) return true;
            dots = c switch
            {
                '/' or '\\' => 0,
                '.' when dots != NotDots => dots + 1,
                _ => NotDots,
            };
        }
        return dots is 1 or 2;
    }
}
