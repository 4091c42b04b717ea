using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>A client that is connected already when the sidecar runs out of file descriptors; one that is not is in the fault matrix.</summary>
public sealed class DescriptorTests
{
    [Fact]
    public async Task A_request_for_which_no_connection_to_the_provider_can_be_opened_is_answered_502_and_the_next_is_served()
    {
        var chat = new OpenAIChat();
        await using var stage = await Stage.SetAsync(Origin.Answers, Clocks.Patient, starves: true);
        await stage.WarmAsync();
        // A response that ends with its connection leaves none to be used again.
        stage.Provider.Respond = _ => chat.Streamed(Completion.Hello, Framing.Close);
        using var client = await RawClient.ConnectAsync(stage.Sidecar.DataUri);
        async Task<RawResponse> AskAsync()
        {
            await client.PostAsync(chat.Path(true, "m"), chat.Request(true, "m"));
            return await client.ResponseAsync("POST");
        }
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await AskAsync()).Status);
        await stage.StarveAsync();
        var refused = await AskAsync();
        Assert.Equal((502, "upstream_unreachable"), (refused.Status, refused.Json.GetProperty("error").GetProperty("code").GetString()));
        stage.Feed();
        await Bound.UntilAsync(async () => (await AskAsync()).Status == 200, "a free descriptor");
    }
}
