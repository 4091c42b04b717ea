using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Product;

namespace Sidecar.FunctionalTests.Http;

/// <summary>What a client is told whose request nobody can read, and what is told of it.</summary>
public sealed class RejectionTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    private const string Nonsense = "HTTP/1.1\r\nhost: sidecar.test\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n";

    [Theory]
    [InlineData("/v1/chat/completions", """{"error":{"message":"","type":"","param":"","code":"bad_request"}}""")]
    [InlineData("/v1/responses", """{"error":{"message":"","type":"","param":"","code":"bad_request"}}""")]
    [InlineData("/v1/messages", """{"type":"error","error":{"type":"","message":""}}""")]
    [InlineData("/v1beta/models/m:streamGenerateContent", """{"error":{"code":400,"message":"","status":""}}""")]
    [InlineData("/api/chat", """{"error":""}""")]
    public async Task The_refusal_has_the_shape_of_the_paths_dialect(string path, string shape)
    {
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, $"POST {path} {Nonsense}");
        Assert.Equal((400, "application/json"), (response.Status, response.Header("content-type")));
        AssertShape(JsonElement.Parse(shape), response.Json);
    }

    [Fact]
    public async Task A_refused_request_is_counted_once_as_rejected_and_the_provider_sees_nothing()
    {
        async Task<double> CountAsync() => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total", ("outcome", "rejected"));
        var before = await CountAsync();
        fixture.Provider.TakeAll();
        foreach (var request in new[] { "POST /v1/x " + Nonsense, "nonsense\r\n\r\n", "GET /v1/x HTTP/1.1\r\n\r\n" })
        {
            Assert.Equal(400, (await RawClient.AskAsync(fixture.Sidecar.DataUri, request)).Status);
        }
        await Bound.UntilAsync(async () => await CountAsync() == before + 3, "three rejected streams");
        Assert.Empty(fixture.Provider.TakeAll());
    }

    /// <summary>Every member of the shape is there; a number or a code must be the same, an empty string may be anything but missing.</summary>
    private static void AssertShape(JsonElement shape, JsonElement actual)
    {
        foreach (var member in shape.EnumerateObject())
        {
            Assert.True(actual.TryGetProperty(member.Name, out var value), $"{member.Name} is missing in {actual}");
            if (member.Value.ValueKind == JsonValueKind.Object) AssertShape(member.Value, value);
            else if (member.Value.ToString().Length > 0) Assert.Equal(member.Value.ToString(), value.ToString());
        }
    }
}
