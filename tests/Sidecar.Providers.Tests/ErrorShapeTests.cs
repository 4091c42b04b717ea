using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sidecar.Providers.Tests;

public class ErrorShapeTests
{
    private static readonly ErrorCode[] Codes =
    [
        ErrorCode.BadRequest, ErrorCode.Unauthorized, ErrorCode.Forbidden, ErrorCode.NoRoute, ErrorCode.ClientTimeout, ErrorCode.RequestTooLarge,
        ErrorCode.RateLimited, ErrorCode.BudgetExhausted, ErrorCode.HeaderTooLarge, ErrorCode.InternalError, ErrorCode.UpstreamUnreachable,
        ErrorCode.UpstreamProtocolError, ErrorCode.Overloaded, ErrorCode.Draining, ErrorCode.FirstTokenTimeout, ErrorCode.UpstreamTruncated,
        ErrorCode.UpstreamTimeout, ErrorCode.StreamTimeout, ErrorCode.StreamOverflow,
    ];

    private static readonly Dialect?[] Dialects =
    [
        null, OpenAIChat.Instance, OpenAICompletions.Instance, OpenAIResponses.Instance, AnthropicMessages.Instance, Gemini.Instance, Ollama.Instance,
    ];

    private static string Body(Dialect? dialect, ErrorCode error, string message = "m")
    {
        var writer = new ArrayBufferWriter<byte>();
        ErrorShape.WriteBody(dialect, writer, error, message);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    private static string Event(Dialect? dialect, ErrorFraming framing, ErrorCode error, long sequenceNumber = 0)
    {
        var writer = new ArrayBufferWriter<byte>();
        ErrorShape.WriteEvent(dialect, framing, writer, error, "m", sequenceNumber);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    [Fact]
    public void OpenAIs_body_is_also_that_of_no_dialect()
    {
        const string expected = """{"error":{"message":"m","type":"invalid_request_error","param":null,"code":"no_route"}}""";
        Assert.Equal(expected, Body(null, ErrorCode.NoRoute));
        Assert.Equal(expected, Body(OpenAIChat.Instance, ErrorCode.NoRoute));
        Assert.Equal(expected, Body(OpenAIResponses.Instance, ErrorCode.NoRoute));
    }

    [Fact]
    public void Every_dialect_has_its_own_body()
    {
        Assert.Equal(
            """{"type":"error","error":{"type":"overloaded_error","message":"m","code":"draining"}}""",
            Body(AnthropicMessages.Instance, ErrorCode.Draining));
        Assert.Equal(
            """{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"rate_limited","domain":"sidecar"}]}}""",
            Body(Gemini.Instance, ErrorCode.RateLimited));
        Assert.Equal("""{"error":"m","code":"overloaded"}""", Body(Ollama.Instance, ErrorCode.Overloaded));
    }

    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(401, "authentication_error")]
    [InlineData(403, "permission_error")]
    [InlineData(404, "not_found_error")]
    [InlineData(413, "request_too_large")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(500, "api_error")]
    [InlineData(502, "api_error")]
    [InlineData(503, "overloaded_error")]
    [InlineData(504, "timeout_error")]
    public void Anthropics_error_types_follow_the_status(int status, string type)
    {
        using var body = JsonDocument.Parse(Body(AnthropicMessages.Instance, new ErrorCode("c", status)));
        Assert.Equal(type, body.RootElement.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public void A_mid_stream_error_is_framed_as_its_dialects_SDK_expects_it()
    {
        var error = ErrorCode.UpstreamTruncated;
        Assert.Equal(
            "data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_truncated\"}}\n\n",
            Event(OpenAIChat.Instance, ErrorFraming.Sse, error));
        Assert.Equal(
            "event: error\ndata: {\"type\":\"error\",\"code\":\"upstream_truncated\",\"message\":\"m\",\"param\":null,\"sequence_number\":12}\n\n",
            Event(OpenAIResponses.Instance, ErrorFraming.Sse, error, 12));
        Assert.Equal(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"m\",\"code\":\"upstream_truncated\"}}\n\n",
            Event(AnthropicMessages.Instance, ErrorFraming.Sse, error));
        Assert.Equal("{\"error\":\"m\",\"code\":\"upstream_truncated\"}\n", Event(Ollama.Instance, ErrorFraming.Ndjson, error));
        Assert.StartsWith("data: {\"error\":{\"code\":502,", Event(Gemini.Instance, ErrorFraming.Sse, error), StringComparison.Ordinal);
        Assert.EndsWith("}\n\n", Event(Gemini.Instance, ErrorFraming.Sse, error), StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_is_closed_behind_its_error()
    {
        var next = "[{\"candidates\":[]}\n" + Event(Gemini.Instance, ErrorFraming.JsonArrayNext, ErrorCode.UpstreamTimeout);
        var only = Event(Gemini.Instance, ErrorFraming.JsonArrayOnly, ErrorCode.UpstreamTimeout);
        Assert.All([next, only], array =>
        {
            using var document = JsonDocument.Parse(array);
            var last = document.RootElement.EnumerateArray().Last();
            Assert.Equal(504, last.GetProperty("error").GetProperty("code").GetInt32());
        });
    }

    [Fact]
    public void Every_error_in_every_dialect_is_one_JSON_line_that_the_dialect_itself_reads_as_an_error()
    {
        foreach (var dialect in Dialects)
        {
            foreach (var error in Codes)
            {
                var data = Event(dialect, ErrorFraming.None, error);
                Assert.DoesNotContain('\n', data);
                Assert.Contains($"\"{error.Name}\"", data, StringComparison.Ordinal);
                Assert.Equal(EventTraits.Error, Reading.Event(dialect ?? OpenAIChat.Instance, data).Traits);
                Assert.Equal(EventTraits.Error, Reading.Body(dialect ?? OpenAIChat.Instance, Body(dialect, error)).Traits);
                // @google/genai raises in a stream only for these.
                Assert.InRange(error.Status, 400, 599);
            }
        }
    }

    [Fact]
    public void A_message_cannot_break_out_of_its_frame()
    {
        var body = Body(OpenAIChat.Instance, ErrorCode.BadRequest, "a\n\ndata: [DONE]\n\n\"}\u2028é");
        Assert.DoesNotContain('\n', body);
        using var document = JsonDocument.Parse(body);
        Assert.Equal("a\n\ndata: [DONE]\n\n\"}\u2028é", document.RootElement.GetProperty("error").GetProperty("message").GetString());
    }
}
