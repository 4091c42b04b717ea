using System.Text.Json;
using System.Text.RegularExpressions;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Hosting;

/// <summary>The binary's verbs, their output and their exit codes.</summary>
public sealed partial class VerbTests
{
    [Fact]
    public async Task Check_accepts_a_valid_configuration()
    {
        var (code, _, _) = await CheckAsync(SidecarFixture.Yaml(new Uri("http://127.0.0.1:9/")));
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Check_tells_what_a_policy_holds()
    {
        var (code, lines, _) = await CheckAsync(SidecarFixture.Yaml(new Uri("http://127.0.0.1:9/")) + """

            moderation:
              policies:
                default:
                  rules:
                    - { id: words, terms: [one, two], action: terminate }
                    - { id: code, pattern: "PRJ-[0-9]{4,8}", action: mask }
            """);
        Assert.Equal(0, code);
        Assert.Single(lines, line => Costs().IsMatch(line));
    }

    [Fact]
    public async Task Top_shows_the_streams_until_the_sidecar_is_gone()
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, "data: 1\n\n", new Step.WaitFor(new Signal()));
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri));
        using var client = await RawClient.ConnectAsync(sidecar.DataUri);
        await client.PostAsync("/v1/chat/completions", """{"model":"model-\u001b7-x","stream":true}""");
        var stream = (await client.HeadAsync("POST")).Header("x-sidecar-stream")!;
        var top = SidecarProcess.RunAsync("top", "--url", sidecar.AdminUri.ToString());
        await Task.WhenAny(top, Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System));
        Assert.False(top.IsCompleted);
        using (var leave = await sidecar.AdminAsync(HttpMethod.Post, "/quitquitquit")) Assert.True(leave.IsSuccessStatusCode);
        using (var end = await sidecar.AdminAsync(HttpMethod.Post, $"/streams/{stream}/cancel")) Assert.True(end.IsSuccessStatusCode);
        var (code, output, error) = await top;
        Assert.Equal(1, code);
        Assert.NotEmpty(error);
        Assert.Contains("1 stream at", output, StringComparison.Ordinal);
        Assert.Contains("model-?7-x", output, StringComparison.Ordinal);
        Assert.Contains("openai", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }

    [Fact]
    public async Task Check_prints_every_error_with_file_line_and_column_and_exits_2()
    {
        var (code, lines, file) = await CheckAsync("""
            listen: 127.0.0.1:8080
            strming: { buffer_size: 64KB }
            upstreams:
              a: { url: "http://127.0.0.1:9", provider: opnai }
              b: { url: "ftp://x", provider: openai }
            routes:
              - { name: x, upstreams: [ { name: nobody } ] }
            streaming: { buffer_size: 12parsecs, backpressure: { high_watermark: 20%, low_watermark: 50% } }
            """);
        Assert.Equal(2, code);
        var located = lines.Select(line => Located().Match(line)).Where(match => match.Success && match.Groups[1].Value == file).Select(match => int.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        foreach (var line in new[] { 2, 4, 5, 7, 8 }) Assert.Contains(line, located);
        Assert.Contains(lines, line => line.Contains("streaming", StringComparison.Ordinal) && line.Contains("strming", StringComparison.Ordinal));
        Assert.True(located.Count(line => line == 8) >= 2, "both errors of line 8");
    }

    [Fact]
    public async Task Check_of_a_file_that_is_no_YAML_tells_where()
    {
        var (code, lines, file) = await CheckAsync("upstreams:\n  a: [ {\n");
        Assert.Equal(2, code);
        Assert.Contains(lines, line => Located().Match(line) is { Success: true } match && match.Groups[1].Value == file);
    }

    [Fact]
    public async Task Serve_with_a_bad_configuration_starts_nothing_and_exits_2()
    {
        var folder = Directory.CreateTempSubdirectory("sidecar-check-");
        var file = Path.Combine(folder.FullName, "bad.yaml");
        await File.WriteAllTextAsync(file, "nonsense: 1\n");
        var (code, output, _) = await SidecarProcess.RunAsync("serve", "--config", file);
        folder.Delete(recursive: true);
        Assert.Equal(2, code);
        Assert.DoesNotContain("listening", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("serve", "--nonsense")]
    [InlineData("check")]
    public async Task Bad_usage_exits_2(params string[] arguments)
    {
        var (code, _, error) = await SidecarProcess.RunAsync(arguments);
        Assert.Equal(2, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Schema_prints_a_JSON_schema_of_every_top_level_key()
    {
        var (code, output, _) = await SidecarProcess.RunAsync("schema");
        Assert.Equal(0, code);
        var properties = JsonElement.Parse(output).GetProperty("properties");
        foreach (var key in new[] { "listen", "http", "admin", "upstreams", "routes", "auth", "streaming", "metrics", "logging", "drain" }) Assert.True(properties.TryGetProperty(key, out _), key);
    }

    [Fact]
    public async Task Health_exits_0_when_ready_and_1_when_nobody_answers()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri));
        var url = sidecar.AdminUri.GetLeftPart(UriPartial.Authority);
        Assert.Equal(0, (await SidecarProcess.RunAsync("health", "--url", url)).Code);
        sidecar.Terminate();
        await sidecar.ExitAsync();
        Assert.Equal(1, (await SidecarProcess.RunAsync("health", "--url", url)).Code);
    }

    [Fact]
    public async Task Demo_streams_a_completion_prints_the_figures_and_exits_0()
    {
        var (code, output, error) = await SidecarProcess.RunAsync("demo", "--once");
        Assert.True(code == 0, $"{code}: {error}");
        Assert.Matches("TTFT +[0-9.]+ ms", output);
        Assert.Matches("gap +.*[0-9.]+ ms", output);
        Assert.Matches("tokens? [1-9]", output);
        Assert.Matches("cost 0\\.0000[0-9]*[1-9]", output);
    }

    [Fact]
    public async Task Demo_shows_a_redaction_and_a_moderated_ending()
    {
        var (code, output, error) = await SidecarProcess.RunAsync("demo", "--once");
        Assert.True(code == 0, $"{code}: {error}");
        Assert.Contains("write to [email] and to pay with [credit_card], and", output, StringComparison.Ordinal);
        Assert.Contains("moderation: email redacted, credit_card redacted, the second answer ended with content_filter", output, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", output, StringComparison.Ordinal);
        Assert.DoesNotContain("1111", output, StringComparison.Ordinal);
        Assert.DoesNotContain("nightfall", output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_a_file_the_built_in_defaults_and_the_environment_make_a_working_sidecar()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeBareAsync([], new Dictionary<string, string>
        {
            ["SIDECAR__LISTEN"] = "127.0.0.1:0",
            ["SIDECAR__ADMIN__LISTEN"] = "127.0.0.1:0",
            ["SIDECAR__UPSTREAMS__OPENAI__URL"] = provider.Uri.ToString(),
            ["SIDECAR__UPSTREAMS__ANTHROPIC__URL"] = provider.Uri.ToString(),
        });
        foreach (var (path, status) in new[] { ("/v1/chat/completions", 200), ("/v1/messages", 200), ("/other", 404) })
        {
            Assert.Equal(status, (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post(path, "{}", "authorization: Bearer mine", "x-api-key: mine"))).Status);
        }
        Assert.All(provider.TakeAll(), exchange => Assert.Equal(("Bearer mine", "mine"), (exchange.Request.Header("authorization"), exchange.Request.Header("x-api-key"))));
    }

    private static async Task<(int Code, string[] Lines, string File)> CheckAsync(string yaml)
    {
        var folder = Directory.CreateTempSubdirectory("sidecar-check-");
        var file = Path.Combine(folder.FullName, "sidecar.yaml");
        await File.WriteAllTextAsync(file, yaml);
        var (code, output, error) = await SidecarProcess.RunAsync("check", "--config", file);
        folder.Delete(recursive: true);
        return (code, (output + error).Split('\n', StringSplitOptions.RemoveEmptyEntries), file);
    }

    [GeneratedRegex("^policy default: 2 rules, 2 terms, [1-9][0-9]* states, [1-9][0-9]* KB, built in [0-9]+ ms$")]
    private static partial Regex Costs();

    [GeneratedRegex("^(.+):([0-9]+):([0-9]+): .+$")]
    private static partial Regex Located();
}
