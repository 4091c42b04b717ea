using System.Net;

namespace Sidecar.Protocols.Http1;

/// <summary>Reads <c>uri-host [ ":" port ]</c> (RFC 9110 §7.2) without userinfo.</summary>
internal static class Authority
{
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> port;
        if (!value.IsEmpty && value[0] == (byte)'[')
        {
            var end = value.IndexOf((byte)']');
            if (end < 0 || !IsIPv6(value[1..end])) return false;
            port = value[(end + 1)..];
        }
        else
        {
            var colon = value.IndexOf((byte)':');
            var host = colon < 0 ? value : value[..colon];
            if (host.IsEmpty || host.ContainsAnyExcept(Characters.HostName)) return false;
            port = colon < 0 ? default : value[colon..];
        }
        return port.IsEmpty || (port[0] == (byte)':' && IsPort(port[1..]));
    }

    private static bool IsIPv6(ReadOnlySpan<byte> address) =>
        address.Contains((byte)':') && !address.ContainsAnyExcept(Characters.IpLiteral) && IPAddress.IsValidUtf8(address);

    private static bool IsPort(ReadOnlySpan<byte> digits)
    {
        // The grammar allows an empty port: "host:".
        if (digits.Length > 5) return false;
        var port = 0;
        foreach (var c in digits)
        {
            if (!Characters.IsDigit(c)) return false;
            port = port * 10 + (c - '0');
        }
        return port <= 65535;
    }
}
