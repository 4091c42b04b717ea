using System.Buffers;

namespace Sidecar.Moderation.Scanning;

/// <summary>The end of a text that comes in pieces: what is not decided yet. The rest is dropped from its front. A part of its one owner.</summary>
internal struct HeldText() : IDisposable
{
    private const int FirstBytes = 128;

    private byte[] _bytes = [];

    /// <summary>Where in the text its first byte stands.</summary>
    public long Base { get; private set; }

    /// <summary>Its bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Its bytes.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>One of them.</summary>
    public readonly byte this[int index] => _bytes[index];

    /// <summary>Adds a piece.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (_bytes.Length - Length < piece.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(Length + piece.Length, Length * 2)));
            Bytes.CopyTo(larger);
            Return();
            _bytes = larger;
        }
        piece.CopyTo(_bytes.AsSpan(Length));
        Length += piece.Length;
    }

    /// <summary>Drops bytes from its front.</summary>
    public void Drop(int count)
    {
        Bytes[count..].CopyTo(_bytes);
        Base += count;
        Length -= count;
    }

    /// <summary>Starts another text.</summary>
    public void Clear()
    {
        Base = 0;
        Length = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Return();
        _bytes = [];
        Length = 0;
    }

    private readonly void Return()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
    }
}
