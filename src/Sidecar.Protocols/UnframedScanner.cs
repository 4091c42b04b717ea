namespace Sidecar.Protocols;

/// <summary>A text has no frames: whatever is there is one, and goes at once.</summary>
public sealed class UnframedScanner : FrameScanner
{
    /// <inheritdoc/>
    public override ScanStatus Next(ReadOnlySpan<byte> buffer, out Frame frame)
    {
        frame = Finish(buffer);
        return buffer.IsEmpty ? ScanStatus.NeedMore : ScanStatus.Frame;
    }

    /// <inheritdoc/>
    public override Frame Finish(ReadOnlySpan<byte> rest) => new() { Kind = FrameKind.Opaque, Length = rest.Length };
}
