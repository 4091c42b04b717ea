using System.Text;
using CsCheck;

namespace Sidecar.Protocols.Tests;

/// <summary>Generators that choose from a few given things.</summary>
public static class Pick
{
    /// <summary>One of them.</summary>
    public static Gen<T> From<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    /// <summary>Bytes made of pieces that matter to a parser, in Latin-1, so that chance finds the places where they meet.</summary>
    public static Gen<byte[]> Bytes(int most, params string[] pieces) =>
        From(pieces).Array[0, most].Select(chosen => Encoding.Latin1.GetBytes(string.Concat(chosen)));
}
