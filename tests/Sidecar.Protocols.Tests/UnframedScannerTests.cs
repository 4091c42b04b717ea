namespace Sidecar.Protocols.Tests;

public sealed class UnframedScannerTests
{
    [Fact]
    public void Whatever_is_there_is_a_frame_and_nothing_is_waited_for()
    {
        var scanner = new UnframedScanner();
        Assert.Equal(ScanStatus.NeedMore, scanner.Next([], out _));
        Assert.Equal(ScanStatus.Frame, scanner.Next("a\nb"u8, out var frame));
        Assert.Equal((FrameKind.Opaque, 3, 0), (frame.Kind, frame.Length, frame.DataLines));
        Assert.Equal(2, scanner.Finish("xy"u8).Length);
    }
}
