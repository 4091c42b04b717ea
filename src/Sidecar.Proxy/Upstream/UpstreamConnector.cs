using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Upstream;

/// <summary>Opens connections to one provider: resolve, connect, TLS.</summary>
public sealed class UpstreamConnector
{
    private static readonly PipeThresholds Thresholds = new(64 * 1024, 32 * 1024);

    private readonly UpstreamOptions _options;
    private readonly SslClientAuthenticationOptions? _tls;
    private readonly TimeProvider _time;

    /// <exception cref="CryptographicException">A certificate or key file cannot be read as one.</exception>
    /// <exception cref="IOException">A certificate or key file cannot be read.</exception>
    public UpstreamConnector(UpstreamOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        if (options.Url.Scheme == Uri.UriSchemeHttps) _tls = TlsOf(options);
    }

    /// <summary>A connection, or why there is none.</summary>
    /// <param name="cancel">Ends the attempt: the connect timeout, or the exchange was interrupted.</param>
    public async ValueTask<(Connection? Connection, UpstreamError Error)> ConnectAsync(CancellationToken cancel)
    {
        Socket? socket = null;
        try
        {
            (socket, var error) = await HappyEyeballs.ConnectAsync(_options.Url.IdnHost, _options.Url.Port, _options.ReceiveBuffer, _time, cancel).ConfigureAwait(false);
            if (socket is null) return (null, error == SocketError.OperationAborted ? UpstreamError.ConnectTimeout : UpstreamError.ConnectFailed);
            return _tls is null
                ? (SocketTransport.Create(socket, Thresholds, _time), UpstreamError.None)
                : await HandshakeAsync(socket, _tls, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return (null, UpstreamError.ConnectTimeout);
        }
        catch (SocketException)
        {
            // The peer reset it before it was taken over.
            socket?.Dispose();
            return (null, UpstreamError.ConnectFailed);
        }
    }

    private static async ValueTask<(Connection?, UpstreamError)> HandshakeAsync(Socket socket, SslClientAuthenticationOptions options, CancellationToken cancel)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancel).ConfigureAwait(false);
            return (new TlsTransport(socket, stream), UpstreamError.None);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or CryptographicException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return (null, UpstreamError.TlsFailed);
        }
        catch (OperationCanceledException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return (null, UpstreamError.ConnectTimeout);
        }
    }

    private static SslClientAuthenticationOptions TlsOf(UpstreamOptions options)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = options.Tls.ServerName ?? options.Url.IdnHost,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (options.Tls.CaFile is { } ca)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(ca);
            tls.CertificateChainPolicy = policy;
        }
        if (options.Tls.ClientCertFile is { } certificate)
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, options.Tls.ClientKeyFile)];
        }
        return tls;
    }
}
