using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

/// <summary>Labels whose values others choose.</summary>
public sealed class LabelTests
{
    [Fact]
    public async Task The_first_32_models_have_a_label_of_their_own_and_the_rest_share_one()
    {
        await using var rig = new Rig();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 40; i++) rig.Run(rig.NewRecord($"model-{i}"));
        }

        var shown = await rig.Scrape();

        Assert.Equal(33, shown.Families["llm_sidecar_streams_total"].Samples.Count);
        Assert.Equal(2, shown.Value("llm_sidecar_streams_total", ("gen_ai_request_model", "model-31")));
        Assert.Equal(16, shown.Value("llm_sidecar_streams_total", ("gen_ai_request_model", "_other")));
        Assert.Equal(16, shown.Value("llm_sidecar_metrics_label_overflow_total", ("label", "model")));
    }

    [Fact]
    public async Task Configured_models_are_the_only_ones()
    {
        await using var rig = new Rig(new MetricsOptions { Models = ["gpt-4o", "a name with spaces"] });
        foreach (var model in new[] { "gpt-4o", "a name with spaces", "gpt-5", "gpt-4o" }) rig.Run(rig.NewRecord(model));

        var shown = await rig.Scrape();

        Assert.Equal(2, shown.Value("llm_sidecar_streams_total", ("gen_ai_request_model", "gpt-4o")));
        Assert.Equal(1, shown.Value("llm_sidecar_streams_total", ("gen_ai_request_model", "a name with spaces")));
        Assert.Equal(1, shown.Value("llm_sidecar_streams_total", ("gen_ai_request_model", "_other")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task No_model_is_an_empty_label_and_no_overflow(string? model)
    {
        await using var rig = new Rig();
        rig.Run(rig.NewRecord(model));

        var shown = await rig.Scrape();

        Assert.Equal(1, shown.Value("llm_sidecar_streams_total", ("gen_ai_request_model", "")));
        Assert.Equal(0, shown.Value("llm_sidecar_metrics_label_overflow_total", ("label", "model")));
    }

    [Theory]
    [InlineData("gpt 4")]
    [InlineData("gpt-4\"} 1\nllm_sidecar_streams_total{route=\"x")]
    [InlineData("gpt-4\\")]
    [InlineData("модель")]
    [InlineData("a\0b")]
    [InlineData("\ud800")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public async Task A_hostile_model_name_is_no_label(string model)
    {
        await using var rig = new Rig();
        rig.Run(rig.NewRecord(model));

        var shown = await rig.Scrape();

        Assert.Equal(1, shown.Value("llm_sidecar_streams_total", ("gen_ai_request_model", "_other")));
        Assert.Equal(1, shown.Value("llm_sidecar_metrics_label_overflow_total", ("label", "model")));
    }

    [Theory]
    [InlineData("accounts/fireworks/models/llama-v3p1-405b-instruct")]
    [InlineData("llama3.2:3b-instruct_q4@sha")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public async Task A_plain_model_name_is_a_label(string model)
    {
        await using var rig = new Rig();
        rig.Run(rig.NewRecord(model));

        Assert.Equal(1, (await rig.Scrape()).Value("llm_sidecar_streams_total", ("gen_ai_request_model", model)));
    }

    [Fact]
    public async Task Error_types_are_bounded_too()
    {
        await using var rig = new Rig();
        for (var i = 0; i < 70; i++)
        {
            var record = rig.NewRecord();
            (record.Outcome, record.ErrorType) = (Outcome.UpstreamError, $"error_{i}");
            rig.Run(record);
        }

        var shown = await rig.Scrape();

        Assert.Equal(65, shown.Families["llm_sidecar_streams_total"].Samples.Count);
        Assert.Equal(6, shown.Value("llm_sidecar_streams_total", ("error_type", "_other"), ("outcome", "upstream_error")));
        Assert.Equal(6, shown.Value("llm_sidecar_metrics_label_overflow_total", ("label", "error_type")));
    }

    [Fact]
    public async Task A_route_name_is_escaped()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.Route = "a \"b\"\\c\nd";
        rig.Run(record);

        Assert.Equal(1, (await rig.Scrape()).Value("llm_sidecar_streams_total", ("route", "a \"b\"\\c\nd")));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "chat")]
    [InlineData("/openai/deployments/x/chat/completions", "chat")]
    [InlineData("/v1/messages", "chat")]
    [InlineData("/v1/responses", "chat")]
    [InlineData("/api/chat", "chat")]
    [InlineData("/v1/completions", "text_completion")]
    [InlineData("/api/generate", "text_completion")]
    [InlineData("/v1beta/models/gemini-2.5-pro:streamGenerateContent", "generate_content")]
    [InlineData("/v1beta/models/gemini-2.5-pro:generateContent", "generate_content")]
    [InlineData("/v1/embeddings", "embeddings")]
    [InlineData("/v1/models", null)]
    [InlineData("/v1/messages/count_tokens", null)]
    public async Task The_path_tells_the_operation_that_OpenTelemetry_knows(string path, string? operation)
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.Path = path;
        rig.Run(record);

        var samples = (await rig.Scrape()).Families["gen_ai_client_operation_duration_seconds"].Samples;

        Assert.Equal(operation is null ? [] : [operation], samples.Select(s => s.Labels["gen_ai_operation_name"]).Distinct());
    }

    [Theory]
    [InlineData(Outcome.Completed, null, "")]
    [InlineData(Outcome.Moderated, null, "")]
    [InlineData(Outcome.ClientAbort, null, "client_abort")]
    [InlineData(Outcome.UpstreamError, "rate_limited", "rate_limited")]
    public async Task A_failed_operation_has_an_error_type(Outcome outcome, string? errorType, string label)
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        (record.Outcome, record.ErrorType) = (outcome, errorType);
        rig.Run(record);

        Assert.Equal(1, (await rig.Scrape()).Value("gen_ai_client_operation_duration_seconds_count", ("error_type", label)));
    }
}
