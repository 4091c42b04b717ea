using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using Sidecar.Proxy.Transport.Portable;

namespace Sidecar.Proxy.Transport;

/// <summary>TLS over another connection, as a client. The handshake is done before one is made.</summary>
public sealed class TlsConnection : Connection
{
    // One TLS record holds at most 16 KiB; a buffer of that size sends a head and a small body as one record.
    private const int RecordBytes = 16 * 1024;

    private readonly Connection _inner;
    private readonly SslStream _stream;
    private readonly QuietReader _input;
    private readonly QuietWriter _output;
    private int _end;

    /// <param name="inner">The connection, owned from now on.</param>
    /// <param name="stream">The authenticated stream over it, owned from now on.</param>
    public TlsConnection(Connection inner, SslStream stream)
    {
        _inner = inner;
        _stream = stream;
        _input = new QuietReader(PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: RecordBytes, useZeroByteReads: true, leaveOpen: true)), SetEnd);
        _output = new QuietWriter(PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: RecordBytes, leaveOpen: true)), SetEnd);
    }

    /// <inheritdoc/>
    public override PipeReader Input => _input;

    /// <inheritdoc/>
    public override PipeWriter Output => _output;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    /// <inheritdoc/>
    public override ConnectionEnd End => (ConnectionEnd)Volatile.Read(ref _end);

    /// <inheritdoc/>
    public override bool HasUnread
    {
        get
        {
            if (_inner.HasUnread || _inner.End != ConnectionEnd.Open) return true;
            if (!_inner.Input.TryRead(out var read)) return false;
            _inner.Input.AdvanceTo(read.Buffer.Start);
            return true;
        }
    }

    /// <inheritdoc/>
    public override long BytesWritten => _output.BytesWritten;

    /// <inheritdoc/>
    public override long BytesSent => _output.BytesWritten;

    /// <inheritdoc/>
    public override void Abort()
    {
        if (Interlocked.Exchange(ref _end, (int)ConnectionEnd.Aborted) == (int)ConnectionEnd.Aborted) return;
        _inner.Abort();
        _stream.Dispose();
    }

    /// <inheritdoc/>
    public override Task<bool> CloseAsync(TimeSpan patience, bool linger)
    {
        // A flush has handed everything to the kernel; an upstream needs no more ceremony than the close.
        Abort();
        return Task.FromResult(true);
    }

    private void SetEnd(ConnectionEnd end) => Interlocked.CompareExchange(ref _end, (int)end, (int)ConnectionEnd.Open);
}
