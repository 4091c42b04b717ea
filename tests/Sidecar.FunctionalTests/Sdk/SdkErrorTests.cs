using System.Net;
using System.Net.Sockets;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Sdk;

/// <summary>A sidecar whose provider answers as told, with one route to nowhere and all other paths unrouted.</summary>
public sealed class UnroutedFixture : IAsyncLifetime
{
    public SidecarProcess Sidecar { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Sidecar = await SidecarProcess.ServeAsync("""
        upstreams: { nowhere: { url: "http://127.0.0.1:9", provider: openai } }
        routes: [ { name: none, match: { path: /never }, upstreams: [ { name: nowhere } ] } ]
        """);

    public ValueTask DisposeAsync() => Sidecar.DisposeAsync();
}

/// <summary>Failures reach an application as its SDK's own exception with the right status.</summary>
public sealed class SdkErrorTests(SidecarFixture fixture, UnroutedFixture unrouted) : IClassFixture<SidecarFixture>, IClassFixture<UnroutedFixture>
{
    /// <summary>Each SDK with each status a provider may answer.</summary>
    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var sdk in OfficialSdk.All)
            {
                foreach (var status in new[] { 400, 401, 403, 404, 429, 500, 503 }) cases.Add(sdk.Name, status);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_providers_error_raises_the_sdks_exception_as_it_does_straight(string sdkName, int status)
    {
        var sdk = OfficialSdk.Of(sdkName);
        fixture.Provider.Respond = _ => Script.Json(status, sdk.Dialect.Error(status, "as told by the script"));
        foreach (var ask in new Func<Uri, Task>[] { uri => sdk.StreamAsync(uri), sdk.AskAsync })
        {
            var straight = await FailAsync(() => ask(fixture.Provider.Uri));
            var through = await FailAsync(() => ask(fixture.Sidecar.DataUri));
            Assert.Equal(straight.GetType(), through.GetType());
            Assert.Equal(straight.Message, through.Message);
            Assert.Equal(sdk.Status(straight), sdk.Status(through));
        }
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_path_without_a_route_raises_the_sdks_exception_with_404(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        var failure = await FailAsync(() => sdk.StreamAsync(unrouted.Sidecar.DataUri));
        AssertStatus(sdk, 404, "no_route", failure);
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_provider_that_refuses_connections_raises_the_sdks_exception_with_502(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        using var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(new Uri($"http://{closed.LocalEndPoint}")));
        foreach (var ask in new Func<Uri, Task>[] { uri => sdk.StreamAsync(uri), sdk.AskAsync })
        {
            AssertStatus(sdk, 502, "upstream_unreachable", await FailAsync(() => ask(sidecar.DataUri)));
        }
    }

    private static async Task<Exception> FailAsync(Func<Task> ask)
    {
        var failure = await Record.ExceptionAsync(ask);
        Assert.NotNull(failure);
        Assert.IsNotType<TimeoutException>(failure);
        return failure;
    }

    /// <summary>OllamaSharp drops the status of some answers: then the same exception as for the provider's own error must do.</summary>
    private static void AssertStatus(OfficialSdk sdk, int status, string code, Exception failure)
    {
        if (sdk.Status(failure) is { } told) Assert.Equal(status, told);
        else Assert.Contains(code, failure.ToString(), StringComparison.Ordinal);
    }
}
