using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Transport.Portable;

namespace Sidecar.Proxy.Tests.Transport;

/// <summary>
/// A connection without a network: our end is the <see cref="Connection"/>, the other members play the peer. All continuations run inline, so that
/// after a call of the peer's everything that follows from it has happened.
/// </summary>
internal sealed class MemoryConnection : Connection
{
    private readonly Pipe _toUs;
    private readonly Pipe _toPeer;
    private readonly QuietReader _input;
    private readonly QuietWriter _output;
    private readonly TaskCompletionSource<bool> _closed = new();
    private readonly ArrayBufferWriter<byte> _received = new();
    private ConnectionEnd _end;
    private long _sent;

    /// <param name="pause">Unsent bytes at which a flush waits; 0 for never.</param>
    /// <param name="remote">The peer's address.</param>
    public MemoryConnection(long pause = 0, IPEndPoint? remote = null)
    {
        _toUs = new Pipe(Inline(0));
        _toPeer = new Pipe(Inline(pause));
        _input = new QuietReader(_toUs.Reader, SetEnd);
        _output = new QuietWriter(_toPeer.Writer, SetEnd);
        RemoteEndPoint = remote ?? new IPEndPoint(IPAddress.Loopback, 50000);
    }

    public override PipeReader Input => _input;

    public override PipeWriter Output => _output;

    public override EndPoint? RemoteEndPoint { get; }

    public override ConnectionEnd End => _end;

    public override bool HasUnread => HasUnreadBytes;

    public override long BytesWritten => _output.BytesWritten;

    public override long BytesSent => _sent;

    /// <summary>What <see cref="HasUnread"/> answers.</summary>
    public bool HasUnreadBytes { get; set; }

    /// <summary>Completes when our end is closed or aborted; whether it lingered.</summary>
    public Task<bool> Closed => _closed.Task;

    /// <summary>Whether our end was aborted.</summary>
    public bool IsAborted { get; private set; }

    public override void Abort()
    {
        if (_end == ConnectionEnd.Aborted) return;
        _end = ConnectionEnd.Aborted;
        IsAborted = !_closed.Task.IsCompleted;
        _toUs.Writer.Complete(new IOException("aborted"));
        _toPeer.Reader.Complete();
        _closed.TrySetResult(false);
    }

    public override Task<bool> CloseAsync(TimeSpan patience, bool linger)
    {
        _output.Complete();
        if (_end == ConnectionEnd.Open) _end = ConnectionEnd.Aborted;
        _closed.TrySetResult(linger);
        return Task.FromResult(true);
    }

    /// <summary>The peer sends bytes, as one read.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        _toUs.Writer.Write(bytes);
        var flush = _toUs.Writer.FlushAsync();
        Assert.True(flush.IsCompleted);
        flush.GetAwaiter().GetResult();
    }

    /// <summary>The peer sends text, as one read.</summary>
    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>The peer sends its FIN.</summary>
    public void Fin() => _toUs.Writer.Complete();

    /// <summary>The peer resets the connection.</summary>
    public void Reset()
    {
        SetEnd(ConnectionEnd.Reset);
        _toPeer.Reader.Complete();
        _toUs.Writer.Complete(new IOException("reset"));
    }

    /// <summary>The peer takes what was flushed since it last did; empty when nothing was.</summary>
    public string Take() => Encoding.Latin1.GetString(TakeBytes());

    /// <summary>The peer takes only so many bytes.</summary>
    public void TakeSome(int count)
    {
        Assert.True(_toPeer.Reader.TryRead(out var read));
        _toPeer.Reader.AdvanceTo(read.Buffer.GetPosition(count));
        _sent += count;
    }

    /// <inheritdoc cref="Take"/>
    public byte[] TakeBytes()
    {
        if (!_toPeer.Reader.TryRead(out var read)) return [];
        var bytes = read.Buffer.ToArray();
        _received.Write(bytes);
        _sent += bytes.Length;
        _toPeer.Reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    /// <summary>All that the peer ever took, and what there is to take.</summary>
    public string All()
    {
        while (TakeBytes().Length > 0) { }
        return Encoding.Latin1.GetString(_received.WrittenSpan);
    }

    private static PipeOptions Inline(long pause) => new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: pause,
        resumeWriterThreshold: pause == 0 ? 0 : Math.Max(1, pause / 2), useSynchronizationContext: false);

    private void SetEnd(ConnectionEnd end)
    {
        if (_end == ConnectionEnd.Open) _end = end;
    }
}
