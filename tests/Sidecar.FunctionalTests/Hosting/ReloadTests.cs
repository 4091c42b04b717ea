using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Hosting;

/// <summary>A new configuration is taken whole or not at all; streams in flight keep theirs.</summary>
public sealed class ReloadTests
{
    private static readonly OpenAIChat Chat = new();

    [Fact]
    public async Task A_stream_in_flight_ends_on_its_old_configuration_and_the_next_request_takes_the_new_route()
    {
        await using var old = new ScriptedProvider();
        await using var next = new ScriptedProvider();
        var rest = new Signal();
        old.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, "data: 1\n\n", new Step.WaitFor(rest), "data: [DONE]\n\n");
        next.Respond = _ => Script.Json(200, "\"new\"");
        await using var sidecar = await SidecarProcess.ServeAsync(One(old.Uri));
        using var client = await RawClient.ConnectAsync(sidecar.DataUri);
        await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"));
        var stream = await client.HeadAsync("POST");
        await stream.ArrivedAsync("data: 1\n\n".Length);

        await sidecar.RewriteAsync(One(next.Uri));
        await ReloadedAsync(sidecar, "success");
        Assert.Equal("\"new\"", (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Text);
        rest.Raise();
        await stream.CompleteAsync();
        Assert.Equal("data: 1\n\ndata: [DONE]\n\n", stream.Text);
        // The old connection is kept alive too, and its next request meets the new configuration.
        await client.PostAsync("/v1/x", "{}");
        Assert.Equal("\"new\"", (await client.ResponseAsync("POST")).Text);
        Assert.Equal(1, (await sidecar.MetricsAsync()).Sum("llm_sidecar_config_last_reload_successful"));
    }

    [Theory]
    [InlineData("upstreams: { a: { url: \"http://127.0.0.1:9\", provider: opnai } }")]
    [InlineData("upstreams: [")]
    [InlineData("routes: [ { name: x, upstreams: [ { name: nobody } ] } ]")]
    public async Task An_invalid_file_is_refused_logged_and_counted_and_the_last_good_stays(string invalid)
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = _ => Script.Json(200, "\"old\"");
        await using var sidecar = await SidecarProcess.ServeAsync(One(provider.Uri));
        await sidecar.RewriteAsync(invalid);
        await ReloadedAsync(sidecar, "failure");
        Assert.Equal("\"old\"", (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Text);
        Assert.Equal(0, (await sidecar.MetricsAsync()).Sum("llm_sidecar_config_last_reload_successful"));
        Assert.Contains(sidecar.Errors, line => line.Contains("configuration", StringComparison.OrdinalIgnoreCase) || line.Contains("reload", StringComparison.OrdinalIgnoreCase));

        await sidecar.RewriteAsync(One(provider.Uri) + "drain: { deadline: 7s }\n");
        await ReloadedAsync(sidecar, "success");
        Assert.Equal(1, (await sidecar.MetricsAsync()).Sum("llm_sidecar_config_last_reload_successful"));
    }

    [Fact]
    public async Task A_swapped_directory_link_is_noticed_as_a_config_map_does_it()
    {
        await using var old = new ScriptedProvider();
        await using var next = new ScriptedProvider();
        old.Respond = _ => Script.Json(200, "\"old\"");
        next.Respond = _ => Script.Json(200, "\"new\"");
        var mount = Directory.CreateTempSubdirectory("sidecar-mount-");
        try
        {
            Publish(mount, "..1", One(old.Uri));
            File.CreateSymbolicLink(Path.Combine(mount.FullName, "sidecar.yaml"), Path.Combine("..data", "sidecar.yaml"));
            await using var sidecar = await SidecarProcess.ServeBareAsync(["--config", Path.Combine(mount.FullName, "sidecar.yaml")], new Dictionary<string, string>());
            Assert.Equal("\"old\"", (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Text);
            Publish(mount, "..2", One(next.Uri));
            await Bound.UntilAsync(async () => (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Text == "\"new\"", "the new configuration");
        }
        finally
        {
            mount.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_secret_file_is_read_again_when_it_changes()
    {
        await using var provider = new ScriptedProvider();
        var secret = Path.Combine(Directory.CreateTempSubdirectory("sidecar-secret-").FullName, "key");
        await File.WriteAllTextAsync(secret, "first\n");
        await using var sidecar = await SidecarProcess.ServeAsync($$"""
            upstreams: { a: { url: "{{provider.Uri}}", provider: openai, credential: { header: authorization, value: "Bearer ${file:{{secret}}}" } } }
            routes: [ { name: all, match: { path: "/*" }, upstreams: [ { name: a } ] } ]
            """);
        async Task<string?> SentAsync()
        {
            await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"));
            return (await provider.NextAsync()).Request.Header("authorization");
        }
        Assert.Equal("Bearer first", await SentAsync());
        await File.WriteAllTextAsync(secret, "second\n");
        await Bound.UntilAsync(async () => await SentAsync() == "Bearer second", "the new secret");
        Directory.Delete(Path.GetDirectoryName(secret)!, recursive: true);
    }

    private static void Publish(DirectoryInfo mount, string version, string yaml)
    {
        var folder = mount.CreateSubdirectory(version);
        File.WriteAllText(Path.Combine(folder.FullName, "sidecar.yaml"), SidecarProcess.Ports + yaml);
        var link = Path.Combine(mount.FullName, "..data_tmp");
        Directory.CreateSymbolicLink(link, version);
        // One rename, as the kubelet does it; File.Move wants a file behind a link.
        using var move = System.Diagnostics.Process.Start("mv", ["-T", link, Path.Combine(mount.FullName, "..data")]);
        move.WaitForExit();
    }

    private static Task ReloadedAsync(SidecarProcess sidecar, string result) =>
        Bound.UntilAsync(async () => (await sidecar.MetricsAsync()).Sum("llm_sidecar_config_reloads_total", ("result", result)) == 1, $"one reload counted as {result}");

    private static string One(Uri provider) => $$"""
        upstreams: { a: { url: "{{provider}}", provider: openai } }
        routes: [ { name: all, match: { path: "/*" }, upstreams: [ { name: a } ] } ]

        """;
}
