using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sidecar.Load.Provider;

/// <summary>A certificate for <c>localhost</c> and 127.0.0.1 that nobody else vouches for, made anew in each run.</summary>
internal static class OwnCertificate
{
    /// <summary>Makes one.</summary>
    /// <param name="file">Where its PEM goes, for those who are to trust it.</param>
    public static SslServerAuthenticationOptions Make(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        return new() { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
    }
}
