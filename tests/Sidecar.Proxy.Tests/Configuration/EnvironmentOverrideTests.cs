namespace Sidecar.Proxy.Tests.Configuration;

public sealed class EnvironmentOverrideTests
{
    private const string Yaml = "upstreams:\n  OpenAI: { url: http://h }\nstreaming:\n  buffer_size: 64KB\n";

    [Fact]
    public void An_override_stands_where_the_key_would()
    {
        using var given = new Given();
        given.Environment["SIDECAR__STREAMING__BUFFER_SIZE"] = "128KB";
        given.Environment["SIDECAR__STREAMING__CLIENT_TIMEOUT__TOTAL"] = "7s";
        given.Environment["SIDECAR__ADMIN__LISTEN"] = "localhost:0";
        given.Environment["SIDECAR__UPSTREAMS__OPENAI__URL"] = "http://other";
        given.Environment["SIDECAR__AUTH__ATTRIBUTION_HEADERS__TEAM"] = "null";
        var options = given.Options(Yaml);
        Assert.Equal(128 * 1024, options.Streaming.BufferSize);
        Assert.Equal(TimeSpan.FromSeconds(7), options.Streaming.ClientTotalTimeout);
        Assert.Equal("127.0.0.1:0", options.Admin.Listen.ToString());
        Assert.Equal(["OpenAI"], options.Upstreams.Keys);
        Assert.Equal(new Uri("http://other"), options.Upstreams["OpenAI"].Url);
        Assert.Null(options.Auth.TeamHeader);
    }

    [Fact]
    public void Members_are_found_whatever_their_case_and_new_ones_are_lower_case()
    {
        using var given = new Given();
        given.Environment["SIDECAR__UPSTREAMS__OPENAI__MAX_CONNECTIONS"] = "3";
        given.Environment["SIDECAR__UPSTREAMS__LOCAL__URL"] = "http://127.0.0.1:1";
        given.Environment["SIDECAR__ROUTES"] = "[{ name: r, upstreams: [{ name: local }] }]";
        var options = given.Options(Yaml);
        Assert.Equal(["OpenAI", "local"], options.Upstreams.Keys);
        Assert.Equal(3, options.Upstreams["OpenAI"].MaxConnections);
        Assert.Equal("local", Assert.Single(Assert.Single(options.Routes).Upstreams).Name);
    }

    [Fact]
    public void Without_a_file_the_built_in_upstreams_can_be_changed_and_added_to()
    {
        using var given = new Given();
        given.Environment["SIDECAR__UPSTREAMS__OPENAI__URL"] = "http://127.0.0.1:1";
        given.Environment["SIDECAR__UPSTREAMS__LOCAL__URL"] = "http://127.0.0.1:2";
        var options = Given.Valid(given.LoadNoFile()).Options;
        Assert.Equal(["anthropic", "local", "openai"], options.Upstreams.Keys.Order());
        Assert.Equal(new Uri("http://127.0.0.1:1"), options.Upstreams["openai"].Url);
        Assert.Equal(["anthropic", "openai"], options.Routes.Select(route => route.Name));
    }

    [Theory]
    [InlineData("a, b,c", new[] { "a", "b", "c" })]
    [InlineData("[a, 'b,c']", new[] { "a", "b,c" })]
    [InlineData("one", new[] { "one" })]
    [InlineData("", new string[0])]
    [InlineData("[]", new string[0])]
    public void A_list_is_a_YAML_flow_list_or_separated_by_commas(string text, string[] models)
    {
        using var given = new Given();
        given.Environment["SIDECAR__METRICS__MODELS"] = text;
        Assert.Equal(models, given.Options(Yaml).Metrics.Models);
    }

    [Fact]
    public void Buckets_are_set_by_their_metric()
    {
        using var given = new Given();
        given.Environment["SIDECAR__METRICS__BUCKETS__LLM_SIDECAR_OVERHEAD_SECONDS"] = ".5,1";
        Assert.Equal([.5, 1], given.Options(Yaml).Metrics.Buckets["llm_sidecar_overhead_seconds"]);
    }

    [Theory]
    [InlineData("SIDECAR__STREAMING__BUFER_SIZE", "1", "unknown key `streaming.bufer_size`; did you mean `buffer_size`?")]
    [InlineData("SIDECAR__STREEMING__X", "1", "unknown key `streeming`; did you mean `streaming`?")]
    [InlineData("SIDECAR__", "1", "unknown key ``")]
    [InlineData("SIDECAR____LISTEN", "1", "unknown key ``")]
    [InlineData("SIDECAR__LISTEN__", ":1", "unknown key `listen.`")]
    [InlineData("SIDECAR__LISTEN__X", ":1", "unknown key `listen.x`")]
    [InlineData("SIDECAR__ROUTES__0__NAME", "r", "unknown key `routes.0`")]
    [InlineData("SIDECAR__STREAMING__BUFFER_SIZE", "1", "`streaming.buffer_size`: must be a size such as `64KB`, from 4KB to 1GB")]
    [InlineData("SIDECAR__STREAMING__BUFFER_SIZE", "", "`streaming.buffer_size`: has no value")]
    [InlineData("SIDECAR__STREAMING", "1", "`streaming`: must be a mapping")]
    [InlineData("SIDECAR__UPSTREAMS__X__PROVIDER", "openai", "`upstreams.x.url`: required")]
    [InlineData("SIDECAR__AUTH__KEYS__0__ID", "a", "unknown key `auth.keys.0`")]
    [InlineData("SIDECAR__AUTH__MODE", "keys", "`auth.mode`: `keys`, but there are no `keys`")]
    [InlineData("SIDECAR__TRANSFORM__FORMAT", "html", "`transform.format`: not built yet in this version (only `none`)")]
    [InlineData("SIDECAR__METRICS__MODELS", "[a", "While parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("SIDECAR__METRICS__MODELS", "${env:ABSENT}", "`metrics.models[0]`: environment variable `ABSENT` is not set")]
    [InlineData("SIDECAR__STREAMING__BACKPRESSURE__LOW_WATERMARK", "90%",
        "`streaming.backpressure.low_watermark`: low_watermark 90% is above high_watermark 80%")]
    public void An_error_names_the_variable(string name, string value, string error)
    {
        using var given = new Given();
        given.Environment[name] = value;
        Assert.Equal([$"env {name}: {error}"], given.Errors(Yaml + "routes: [ { name: r, upstreams: [ { name: OpenAI } ] } ]\n"));
    }

    [Fact]
    public void Errors_of_the_file_and_of_the_environment_come_together()
    {
        using var given = new Given();
        given.Environment["SIDECAR__DRAIN__DEADLINE"] = "soon";
        given.Environment["SIDECAR__A"] = "";
        Assert.Equal(
            [
                "sidecar.yaml:5:1: unknown key `x`",
                "env SIDECAR__A: unknown key `a`",
                "env SIDECAR__DRAIN__DEADLINE: `drain.deadline`: must be a duration such as `250ms`, `5s` or `2m`, from 0s to 24h",
            ],
            given.Errors(Yaml + "x: 1\n"));
    }

    [Fact]
    public void What_is_wrong_in_the_file_stays_wrong_under_an_override_below_it()
    {
        using var given = new Given();
        given.Environment["SIDECAR__DRAIN__DEADLINE"] = "1s";
        Assert.Equal(["sidecar.yaml:1:8: `drain`: must be a mapping"], given.Errors("drain: 5\n"));
    }

    [Fact]
    public void A_shared_value_is_overridden_for_one_of_its_users_only()
    {
        using var given = new Given();
        given.Environment["SIDECAR__UPSTREAMS__B__URL"] = "http://b";
        var options = given.Options("upstreams: { a: &a { url: http://a }, b: *a }\nroutes: [ { name: r, upstreams: [ { name: a } ] } ]\n");
        Assert.Equal((new Uri("http://a"), new Uri("http://b")), (options.Upstreams["a"].Url, options.Upstreams["b"].Url));
    }

    [Fact]
    public void Variables_that_only_look_alike_are_no_overrides()
    {
        using var given = new Given();
        given.Environment["SIDECAR_PORT"] = "tcp://10.0.0.1:80";
        given.Environment["SIDECAR_CONFIG"] = "/nowhere";
        given.Environment["sidecar__x"] = "1";
        given.Environment["MY_SIDECAR__X"] = "1";
        Assert.Equal([], given.Errors(Yaml));
    }
}
