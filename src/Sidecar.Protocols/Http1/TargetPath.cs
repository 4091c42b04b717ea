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
        var path = target[..pathLength];
        foreach (var range in path.Split((byte)'/'))
        {
            if (IsDotSegment(path[range])) return false;
        }
        return true;
    }

    private static bool IsDotSegment(ReadOnlySpan<byte> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            var length = segment[0] == (byte)'.' ? 1
                : segment.Length >= 3 && segment[0] == (byte)'%' && segment[1] == (byte)'2' && segment[2] is (byte)'e' or (byte)'E' ? 3
                : 0;
            if (length == 0 || ++dots > 2) return false;
            segment = segment[length..];
        }
        return dots > 0;
    }
}
