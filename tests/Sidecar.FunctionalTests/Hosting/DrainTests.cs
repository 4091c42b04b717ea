using System.Net;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Hosting;

/// <summary>How the sidecar leaves.</summary>
public sealed class DrainTests
{
    private static readonly OpenAIChat Chat = new();

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("POST /drain")]
    [InlineData("POST /quitquitquit")]
    public async Task A_stream_in_flight_ends_whole_and_then_the_process_exits_clean(string how)
    {
        await using var provider = new ScriptedProvider();
        var rest = new Signal();
        provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, "data: 1\n\n", new Step.WaitFor(rest), "data: [DONE]\n\n");
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri));
        using var idle = await RawClient.ConnectAsync(sidecar.DataUri);
        using var client = await BeginAsync(sidecar);
        var stream = await client.HeadAsync("POST");
        await stream.ArrivedAsync("data: 1\n\n".Length);

        await LeaveAsync(sidecar, how);
        await Bound.UntilAsync(async () => await ReadyAsync(sidecar) == HttpStatusCode.ServiceUnavailable, "readiness off");
        Assert.Equal(HttpStatusCode.OK, (await sidecar.AdminAsync(HttpMethod.Get, "/livez")).StatusCode);
        Assert.Equal(1, (await sidecar.MetricsAsync()).Sum("llm_sidecar_draining"));
        Assert.False(sidecar.HasExited);
        rest.Raise();
        await stream.CompleteAsync();
        Assert.Equal("data: 1\n\ndata: [DONE]\n\n", stream.Text);
        Assert.Equal(0, await sidecar.ExitAsync());
        await idle.EndAsync();
    }

    [Fact]
    public async Task At_the_deadline_a_stream_gets_an_error_event_and_is_counted_as_drained()
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, "data: 1\n\n", new Step.WaitFor(new Signal()));
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri) + "drain: { deadline: 500ms }\n");
        using var client = await BeginAsync(sidecar, "x-request-id: drained-one");
        var stream = await client.HeadAsync("POST");
        await stream.ArrivedAsync("data: 1\n\n".Length);
        sidecar.Terminate();
        await stream.ReadOutAsync();
        Assert.Contains("draining", stream.Text, StringComparison.Ordinal);
        Assert.Equal(0, await sidecar.ExitAsync());
        Assert.Equal("drained", (await sidecar.AccessLineAsync("drained-one")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_second_signal_aborts()
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, "data: 1\n\n", new Step.WaitFor(new Signal()));
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri));
        using var client = await BeginAsync(sidecar);
        await (await client.HeadAsync("POST")).ArrivedAsync("data: 1\n\n".Length);
        sidecar.Terminate();
        await Bound.UntilAsync(async () => await ReadyAsync(sidecar) == HttpStatusCode.ServiceUnavailable, "readiness off");
        sidecar.Terminate();
        await sidecar.ExitAsync();
        await client.EndAsync();
    }

    [Fact]
    public async Task New_connections_are_still_served_until_min_delay_has_passed()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri) + "drain: { min_delay: 2s }\n");
        sidecar.Terminate();
        await Bound.UntilAsync(async () => await ReadyAsync(sidecar) == HttpStatusCode.ServiceUnavailable, "readiness off");
        Assert.Equal(200, (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Status);
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task While_it_is_leaving_each_answer_says_that_its_connection_closes()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri) + "drain: { min_delay: 3s }\n");
        using var kept = await RawClient.ConnectAsync(sidecar.DataUri);
        await kept.SendAsync(RawClient.Post("/v1/x", "{}"));
        Assert.Null((await kept.ResponseAsync("POST")).Header("connection"));
        sidecar.Terminate();
        await Bound.UntilAsync(async () => await ReadyAsync(sidecar) == HttpStatusCode.ServiceUnavailable, "readiness off");
        using var fresh = await RawClient.ConnectAsync(sidecar.DataUri);
        foreach (var client in new[] { kept, fresh })
        {
            await client.SendAsync(RawClient.Post("/v1/x", "{}"));
            var response = await client.ResponseAsync("POST");
            Assert.Equal((200, "close"), (response.Status, response.Header("connection")));
            Assert.Equal(ConnectionEnd.Closed, await client.EndAsync());
        }
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task An_idle_sidecar_leaves_at_once()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri));
        Assert.Equal(200, (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Status);
        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    private static async Task<RawClient> BeginAsync(SidecarProcess sidecar, params string[] headers)
    {
        var client = await RawClient.ConnectAsync(sidecar.DataUri);
        await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"), headers);
        return client;
    }

    private static async Task LeaveAsync(SidecarProcess sidecar, string how)
    {
        if (how == "SIGTERM")
        {
            sidecar.Terminate();
            return;
        }
        using var response = await sidecar.AdminAsync(HttpMethod.Post, how.Split(' ')[1]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<HttpStatusCode> ReadyAsync(SidecarProcess sidecar)
    {
        using var response = await sidecar.AdminAsync(HttpMethod.Get, "/readyz");
        return response.StatusCode;
    }
}
