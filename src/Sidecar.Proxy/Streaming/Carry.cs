using System.Buffers;

namespace Sidecar.Proxy.Streaming;

/// <summary>The bytes of an incomplete frame between two reads, in one pooled buffer that exists only while there are any.</summary>
internal sealed class Carry
{
    private const int FirstBytes = 1024;

    private byte[]? _buffer;
    private int _length;

    /// <summary>How many there are.</summary>
    public int Length => _length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Adds bytes at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_buffer is null || _buffer.Length - _length < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(_length + bytes.Length, _length * 2)));
            Bytes.CopyTo(larger);
            if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Takes bytes off the front; the buffer goes back to its pool with the last one.</summary>
    public void Remove(int count)
    {
        _length -= count;
        if (_buffer is null) return;
        if (_length > 0)
        {
            _buffer.AsSpan(count, _length).CopyTo(_buffer);
            return;
        }
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
