using System.Buffers;

namespace Sidecar.Providers;

/// <summary>Placeholder.</summary>
public abstract class ModeratedEnding
{
    /// <summary>x</summary>
    public static ModeratedEnding For(Dialect dialect) => throw new NotSupportedException(dialect?.Name);
    /// <summary>x</summary>
    public abstract bool NeedsTexts { get; }
    /// <summary>x</summary>
    public abstract void Observe(ReadOnlySpan<byte> data, EventMeaning meaning);
    /// <summary>x</summary>
    public abstract void Write(IBufferWriter<byte> output, ErrorFraming framing);
    /// <summary>x</summary>
    public static void WriteBody(Dialect dialect, ReadOnlySpan<byte> body, IBufferWriter<byte> output) => throw new NotSupportedException(dialect?.Name + body.Length + output);
}
