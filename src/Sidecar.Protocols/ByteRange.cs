namespace Sidecar.Protocols;

/// <summary>A run of bytes inside a buffer that somebody else owns: an offset from the buffer's start and a length, both in bytes.</summary>
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>The offset just past the last byte.</summary>
    public int End => Start + Length;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes themselves.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Length);
}
