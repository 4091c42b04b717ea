namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>
/// What is left of an event of which a part was sent, because the rest of its texts could not be decided for too long: it goes, in the same event's shell, when
/// they are.
/// </summary>
/// <param name="bytes">The event's bytes.</param>
/// <param name="held">What is known of it.</param>
/// <param name="pieces">The rest of its texts.</param>
internal sealed class DividedEvent(ReadOnlySpan<byte> bytes, in HeldEvent held, ReadOnlySpan<Piece> pieces)
{
    private readonly byte[] _bytes = bytes.ToArray();
    private readonly Piece[] _pieces = pieces.ToArray();

    /// <summary>The event's bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>What is known of it.</summary>
    public HeldEvent Held { get; } = held with { Start = 0 };

    /// <summary>The rest of its texts.</summary>
    public Span<Piece> Pieces => _pieces;

    /// <summary>Takes what is decided off the front of its texts; whether that is anything.</summary>
    public bool Take(List<Piece> decided)
    {
        decided.Clear();
        var any = false;
        foreach (ref var piece in _pieces.AsSpan())
        {
            var length = (int)(Math.Clamp(piece.Text.Scanner.Decided, piece.Position, piece.End) - piece.Position);
            any |= length > 0;
            decided.Add(piece with { Length = length });
            piece = piece with { Position = piece.Position + length, Start = piece.Start + length, Length = piece.Length - length };
        }
        return any;
    }
}
