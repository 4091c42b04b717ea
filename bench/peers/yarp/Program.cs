using System.Net;
using System.Net.Security;
using System.Diagnostics;
using Yarp.ReverseProxy.Forwarder;

// yarp PORT UPSTREAM_URL: passes every request on by YARP's direct forwarding, which is the least that it does.
var (port, upstream) = (args[0], args[1]);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
builder.WebHost.UseKestrelHttpsConfiguration();
builder.Services.AddHttpForwarder();
await using var app = builder.Build();

// As its documentation has it, but for the certificate that nobody vouches for.
using var client = new HttpMessageInvoker(new SocketsHttpHandler
{
    UseProxy = false,
    AllowAutoRedirect = false,
    AutomaticDecompression = DecompressionMethods.None,
    UseCookies = false,
    EnableMultipleHttp2Connections = true,
    ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    ConnectTimeout = TimeSpan.FromSeconds(15),
    SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
});
app.MapForwarder("/{**rest}", upstream, new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromMinutes(5) }, HttpTransformer.Default, client);
await app.RunAsync();
