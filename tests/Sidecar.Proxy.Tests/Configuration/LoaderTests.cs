using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

public sealed class LoaderTests
{
    [Fact]
    public void A_file_is_the_one_named_else_that_of_the_environment_else_the_default_one_else_none()
    {
        using var given = new Given();
        var fallback = given.Write("default.yaml", "");
        var environment = new Dictionary<string, string> { ["SIDECAR_CONFIG"] = "/from/environment" };
        Assert.Equal("/named", ConfigurationLoader.Find("/named", environment, fallback));
        Assert.Equal("/from/environment", ConfigurationLoader.Find(null, environment, fallback));
        environment["SIDECAR_CONFIG"] = "";
        Assert.Equal(fallback, ConfigurationLoader.Find(null, environment, fallback));
        Assert.Null(ConfigurationLoader.Find(null, environment, given.File("absent")));
        Assert.Equal("/etc/sidecar/sidecar.yaml", ConfigurationLoader.DefaultPath);
    }

    [Fact]
    public void A_file_that_is_named_must_be_there()
    {
        using var given = new Given();
        Assert.Equal(["absent.yaml: no such file"], given.Errors(ConfigurationLoader.Load(given.File("absent.yaml"), given.Environment)));
        given.Environment["SIDECAR_CONFIG"] = given.File("gone.yaml");
        Assert.Equal(["gone.yaml: no such file"], given.Errors(given.LoadNoFile()));
        Assert.Equal([$"{given.Root}: a directory"], given.Errors(ConfigurationLoader.Load(given.Root, given.Environment)));
        Assert.Equal([": no such file"], given.Errors(ConfigurationLoader.Load("", given.Environment)));
    }

    [Fact]
    public void Errors_name_the_file_as_it_was_named()
    {
        using var given = new Given();
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), given.Write("sidecar.yaml", "x: 1\n"));
        var result = ConfigurationLoader.Load(relative, given.Environment);
        Assert.Equal($"{relative}:1:1: unknown key `x`", Assert.Single(result.Errors).ToString());
        Assert.Equal([given.File("sidecar.yaml")], result.Files);
    }

    [Fact]
    public void Without_a_file_two_providers_share_the_paths()
    {
        using var given = new Given();
        var result = given.LoadNoFile();
        var configuration = Given.Valid(result);
        Assert.Null(configuration.File);
        Assert.Empty(result.Files);
        Assert.Equal(
            [("anthropic", "https://api.anthropic.com/", Provider.Anthropic), ("openai", "https://api.openai.com/", Provider.OpenAI)],
            configuration.Options.Upstreams.Values.Select(upstream => (upstream.Name, upstream.Url.AbsoluteUri, upstream.Provider)).Order());
        Assert.Equal(
            [("anthropic", "/v1/messages*", "anthropic"), ("openai", "/v1/*", "openai")],
            configuration.Options.Routes.Select(route => (route.Name, route.Path, route.Upstreams[0].Name)));
        Assert.Equal(new StreamingOptions(), configuration.Options.Streaming);
        Assert.Equal(8080, configuration.Options.Listen.Port);
    }

    [Fact]
    public void A_file_that_names_no_upstreams_has_the_built_in_ones()
    {
        using var given = new Given();
        Assert.Equal(["anthropic", "openai"], given.Options("listen: :1\n").Routes.Select(route => route.Name));
        var options = given.Options("routes: [ { name: all, upstreams: [ { name: anthropic } ] } ]\n");
        Assert.Equal("all", Assert.Single(options.Routes).Name);
        Assert.Equal(2, options.Upstreams.Count);
    }

    [Fact]
    public void One_upstream_without_routes_gets_everything()
    {
        using var given = new Given();
        var options = given.Options("upstreams: { only: { url: http://h } }\n");
        var route = Assert.Single(options.Routes);
        Assert.Equal(("only", new RouteTarget("only")), (route.Name, Assert.Single(route.Upstreams)));
    }

    [Fact]
    public void The_environment_of_the_process_can_be_taken()
    {
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), ConfigurationLoader.ProcessEnvironment()["PATH"]);
    }
}
