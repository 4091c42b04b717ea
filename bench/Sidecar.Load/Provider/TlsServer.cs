using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;

namespace Sidecar.Load.Provider;

/// <summary>TLS for a connection of a loop: ciphertext is fed in, and all that follows happens during that call, on the loop's thread.</summary>
/// <param name="options">Its certificate.</param>
/// <param name="plain">Takes what was deciphered.</param>
/// <param name="cipher">Takes what is to be sent.</param>
/// <param name="failed">Told when the peer does not speak TLS.</param>
internal sealed class TlsServer(SslServerAuthenticationOptions options, SpanAction plain, SpanAction cipher, Action failed) : IDisposable
{
    private readonly Pipe _fed = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));
    private SslStream? _stream;

    /// <summary>Awaits the handshake.</summary>
    public void Start()
    {
        _stream = new SslStream(new Duplex(_fed.Reader.AsStream(), cipher));
        _ = RunAsync(_stream);
    }

    /// <summary>Ciphertext came.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _fed.Writer.Write(bytes);
        // Nobody else awaits it, and without a threshold it never waits.
        _ = _fed.Writer.FlushAsync().AsTask();
    }

    /// <summary>Enciphers and sends.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _stream!.Write(bytes);

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    private async Task RunAsync(SslStream stream)
    {
        try
        {
            await stream.AuthenticateAsServerAsync(options).ConfigureAwait(false);
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) is var count and > 0) plain(buffer.AsSpan(0, count));
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
        {
            failed();
        }
    }

    private sealed class Duplex(Stream input, SpanAction output) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The loop never waits.");
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => output(buffer.AsSpan(offset, count));
        public override void Write(ReadOnlySpan<byte> buffer) => output(buffer);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            output(buffer.Span);
            return default;
        }

        public override void Flush() { }
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>Takes bytes that are valid during the call.</summary>
internal delegate void SpanAction(ReadOnlySpan<byte> bytes);
