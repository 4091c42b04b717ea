using System.IO.Pipelines;
using System.Net;
using Sidecar.Proxy.Transport;

namespace Sidecar.Microbenchmarks;

/// <summary>A client that takes everything at once and keeps nothing.</summary>
internal sealed class DiscardingConnection : Connection
{
    private readonly Discard _output = new();

    public override PipeReader Input { get; } = PipeReader.Create(Stream.Null);

    public override PipeWriter Output => _output;

    public override EndPoint? RemoteEndPoint => null;

    public override ConnectionEnd End => ConnectionEnd.Open;

    public override long BytesWritten => _output.Written;

    public override long BytesSent => _output.Written;

    public override void Abort() { }

    public override Task<bool> CloseAsync(TimeSpan patience, bool linger) => Task.FromResult(true);

    private sealed class Discard : PipeWriter
    {
        private readonly byte[] _buffer = new byte[64 * 1024];

        public long Written { get; private set; }

        public override void Advance(int bytes) => Written += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush() { }

        public override void Complete(Exception? exception = null) { }
    }
}
