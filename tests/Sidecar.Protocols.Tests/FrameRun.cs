using System.Text;
using Sidecar.Protocols.Sse;

namespace Sidecar.Protocols.Tests;

/// <summary>One frame, its ranges taken from its bytes; Latin-1 text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="Data">The joined data.</param>
/// <param name="DataLines">How many data lines.</param>
/// <param name="EventName">The event name.</param>
/// <param name="KnownAt">How many bytes of the stream had been shown when it was found; of a leftover, all.</param>
/// <param name="IsLeftover">Whether only the body's end ended it.</param>
public sealed record FrameText(FrameKind Kind, string Bytes, string Data, int DataLines, string EventName, int KnownAt, bool IsLeftover)
{
    /// <summary>What does not depend on how the bytes were split.</summary>
    public (FrameKind Kind, string Bytes, string Data, int DataLines, string EventName, bool IsLeftover) Essence =>
        (Kind, Bytes, Data, DataLines, EventName, IsLeftover);
}

/// <summary>Feeds a scanner as the relay does: an incomplete frame is shown again with more behind it.</summary>
public sealed class FrameRun
{
    private readonly List<FrameText> _frames = [];

    /// <summary>The frames in order.</summary>
    public IReadOnlyList<FrameText> Frames => _frames;

    /// <summary>Whether a frame was longer than its bound; nothing follows then.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The bytes of all frames.</summary>
    public string Bytes => string.Concat(_frames.Select(f => f.Bytes));

    /// <summary>The frames with data that did not need the body's end.</summary>
    public IEnumerable<FrameText> Events => _frames.Where(f => f.Kind == FrameKind.Event && !f.IsLeftover);

    /// <summary>
    /// The frames as they do not depend on the splits: an LF that came after a frame which ends in CR belongs to it, and opaque runs are
    /// one.
    /// </summary>
    public IReadOnlyList<(FrameKind, string, string, int, string, bool)> Essence()
    {
        var merged = new List<FrameText>();
        foreach (var frame in _frames)
        {
            var last = merged.Count > 0 ? merged[^1] : null;
            var isLateLf = frame is { Bytes: "\n", Kind: FrameKind.Comment } && last is { Kind: not FrameKind.Opaque } &&
                last.Bytes.EndsWith('\r');
            var isOpaque = frame.Kind == FrameKind.Opaque && last?.Kind == FrameKind.Opaque;
            if (isLateLf || isOpaque) merged[^1] = last! with { Bytes = last.Bytes + frame.Bytes };
            else merged.Add(frame);
        }
        return [.. merged.Select(f => f.Essence)];
    }

    /// <summary>Runs a scanner over the bytes, read in parts that end there.</summary>
    public static FrameRun Of(FrameScanner scanner, byte[] bytes, int[] ends)
    {
        var run = new FrameRun();
        var start = 0;
        foreach (var end in ends)
        {
            ScanStatus status;
            while ((status = scanner.Next(bytes.AsSpan(start, end - start), out var frame)) == ScanStatus.Frame)
            {
                run.Add(bytes.AsSpan(start, frame.Length), frame, end, isLeftover: false);
                start += frame.Length;
            }
            if (status != ScanStatus.TooLong) continue;
            run.IsTooLong = true;
            return run;
        }
        if (start < bytes.Length) run.Add(bytes.AsSpan(start), scanner.Finish(bytes.AsSpan(start)), bytes.Length, isLeftover: true);
        return run;
    }

    private void Add(ReadOnlySpan<byte> bytes, in Frame frame, int knownAt, bool isLeftover)
    {
        Invariant.Same(bytes.Length, frame.Length, "a frame's length");
        Invariant.Same(frame.Kind == FrameKind.Event, frame.DataLines > 0, "an event and its data come together");
        var data = frame.Data.Of(bytes).ToArray();
        if (frame.DataLines > 1)
        {
            data = new byte[bytes.Length];
            data = data[..SseScanner.JoinData(bytes, frame, data)];
        }
        var name = Text(frame.EventName.Of(bytes));
        _frames.Add(new FrameText(frame.Kind, Text(bytes), Text(data), frame.DataLines, name, knownAt, isLeftover));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
