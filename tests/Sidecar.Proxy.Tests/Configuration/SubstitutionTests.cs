using System.Text;

namespace Sidecar.Proxy.Tests.Configuration;

public sealed class SubstitutionTests
{
    [Theory]
    [InlineData("${env:A}", "one")]
    [InlineData("x-${env:A}-y", "x-one-y")]
    [InlineData("${env:A}${env:B}", "onetwo")]
    [InlineData("${file:secret}", "s3")]
    [InlineData("Bearer ${file:secret}.${env:B}", "Bearer s3.two")]
    [InlineData("${file:windows}", "w")]
    [InlineData("$${env:A}", "${env:A}")]
    [InlineData("$${${env:A}}", "${one}")]
    [InlineData("$$", "$$")]
    [InlineData("a $ {b} $c", "a $ {b} $c")]
    [InlineData("${env:NESTED}", "${env:A}")]
    public void References_are_replaced_wherever_they_stand_in_a_value(string text, string value)
    {
        using var given = Prepared();
        var options = given.Options($"upstreams: {{ u: {{ url: http://h, credential: {{ header: h, value: '{text}' }} }} }}\n");
        Assert.Equal(value, options.Upstreams["u"].Credential!.Value);
    }

    [Fact]
    public void References_work_in_values_of_every_kind()
    {
        using var given = Prepared();
        given.Environment["PORT"] = "9000";
        given.Environment["SIZE"] = "8";
        given.Environment["BOOL"] = "true";
        given.Environment["LEVEL"] = "debug";
        var options = given.Options(
            """
            listen: 127.0.0.1:${env:PORT}
            http: { max_headers: "${env:SIZE}" }
            streaming: { buffer_size: "${env:SIZE}KB", heartbeat: "0" }
            metrics: { models: [ "${env:A}", "m-${file:secret}" ], otel_names: "${env:BOOL}", buckets: { m: [ 1, "${env:SIZE}" ] } }
            logging:
              level: ${env:LEVEL}
            """);
        Assert.Equal(9000, options.Listen.Port);
        Assert.Equal((8, 8192), (options.Http.MaxHeaders, options.Streaming.BufferSize));
        Assert.Equal(["one", "m-s3"], options.Metrics.Models);
        Assert.Equal([1, 8], options.Metrics.Buckets["m"]);
    }

    [Theory]
    [InlineData("${env:ABSENT}", "environment variable `ABSENT` is not set")]
    [InlineData("${file:absent}", "file `absent`: no such file")]
    [InlineData("${file:.}", "file `{root}`: a directory")]
    [InlineData("${file:binary}", "file `binary`: not UTF-8")]
    [InlineData("${file:}", "`${file:}` without a path")]
    [InlineData("${A}", "a reference is `${env:NAME}` or `${file:PATH}`; a plain `${` is written `$${`")]
    [InlineData("${ENV:A}", "a reference is `${env:NAME}` or `${file:PATH}`; a plain `${` is written `$${`")]
    [InlineData("a ${env:A", "`${` without its `}`; a plain `${` is written `$${`")]
    [InlineData("${file:lines}", "must be a header's value: visible ASCII, no line break, no space at its ends")]
    public void What_cannot_be_replaced_is_an_error_at_the_value(string text, string error)
    {
        using var given = Prepared();
        Assert.Equal(
            [$"sidecar.yaml:4:40: `upstreams.u.credential.value`: {error.Replace("{root}", given.Root, StringComparison.Ordinal)}"],
            given.Errors($"upstreams:\n  u:\n    url: http://h\n    credential: {{ header: h, value:    '{text}' }}\n"));
    }

    [Fact]
    public void No_error_repeats_what_came_from_outside()
    {
        using var given = Prepared();
        given.Environment["SECRET"] = "hunter2";
        var errors = given.Errors(
            """
            listen: ${env:SECRET}
            streaming: { buffer_size: "${env:SECRET}", read_timeout: "${env:SECRET}", client_half_close: "${env:SECRET}", heartbeat: "${env:SECRET}" }
            upstreams:
              u: { url: "${env:SECRET}", provider: "${env:SECRET}", max_connections: "${env:SECRET}", credential: { header: "a ${env:SECRET}", value: "${env:SECRET}\n" } }
            routes: [ { name: "a ${env:SECRET}", match: { path: "${env:SECRET}" }, upstreams: [ { name: "${env:SECRET}" } ] } ]
            """);
        Assert.Equal(13, errors.Length);
        Assert.All(errors, error => Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal));
    }

    [Fact]
    public void References_in_keys_that_are_not_known_are_not_followed()
    {
        using var given = Prepared();
        Assert.Equal(["sidecar.yaml:1:1: unknown key `x`"], given.Errors("x: ${env:ABSENT}\n"));
    }

    [Fact]
    public void Paths_are_seen_from_the_directory_of_the_configuration()
    {
        using var given = Prepared();
        given.Write("sub/inner", "deep");
        var options = given.Options("metrics: { models: [ \"${file:sub/inner}\", \"${file:" + given.File("secret") + "}\" ] }\n");
        Assert.Equal(["deep", "s3"], options.Metrics.Models);
    }

    [Fact]
    public void Every_file_a_configuration_names_is_one_it_depends_on_readable_or_not()
    {
        using var given = Prepared();
        var result = given.Load(
            """
            upstreams:
              u:
                url: https://${file:secret}
                credential: { header: h, value: "${file:secret}${file:absent}" }
                tls: { ca_file: windows }
            """);
        Assert.Equal(
            ["sidecar.yaml", "secret", "absent", "windows"],
            result.Files.Select(file => Path.GetRelativePath(given.Root, file)));
        Assert.False(result.Success);
    }

    [Fact]
    public void The_digest_tells_every_content_apart()
    {
        using var given = Prepared();
        const string Yaml = "metrics: { models: [ \"${file:secret}\" ] }\n";
        var first = given.Load(Yaml).Hash;
        Assert.Equal(first, given.Load(Yaml).Hash);
        Assert.NotEqual(first, given.Load(Yaml + "#\n").Hash);
        given.Write("secret", "s4");
        var second = given.Load(Yaml).Hash;
        Assert.NotEqual(first, second);
        File.Delete(given.File("secret"));
        Assert.NotEqual(second, given.Load(Yaml).Hash);
    }

    private static Given Prepared()
    {
        var given = new Given();
        given.Environment["A"] = "one";
        given.Environment["B"] = "two";
        given.Environment["NESTED"] = "${env:A}";
        given.Write("secret", "s3\n");
        given.Write("windows", "w\r\n");
        given.Write("lines", "a\n\n");
        File.WriteAllBytes(given.File("binary"), [0xC3, 0x28, .. Encoding.ASCII.GetBytes("x")]);
        return given;
    }
}
