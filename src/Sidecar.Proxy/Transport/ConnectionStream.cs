using System.Buffers;

namespace Sidecar.Proxy.Transport;

/// <summary>A connection as a stream, for TLS, which knows no other way. It copies; a broken connection throws, as TLS expects.</summary>
/// <param name="connection">The connection, which the stream does not own.</param>
internal sealed class ConnectionStream(Connection connection) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>With an empty buffer it completes when there is something to read.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await using var canceled = cancellationToken.UnsafeRegister(static input => ((System.IO.Pipelines.PipeReader)input!).CancelPendingRead(), connection.Input);
        while (true)
        {
            var read = await connection.Input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var bytes = read.Buffer;
            var taken = bytes.Slice(0, Math.Min(bytes.Length, buffer.Length));
            taken.CopyTo(buffer.Span);
            connection.Input.AdvanceTo(taken.End);
            if (!bytes.IsEmpty) return (int)taken.Length;
            cancellationToken.ThrowIfCancellationRequested();
            if (!read.IsCompleted) continue;
            return connection.End == ConnectionEnd.Closed ? 0 : throw new IOException("the connection broke");
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        connection.Output.Write(buffer.Span);
        var flush = await connection.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        if (flush.IsCompleted) throw new IOException("the connection broke");
        cancellationToken.ThrowIfCancellationRequested();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
