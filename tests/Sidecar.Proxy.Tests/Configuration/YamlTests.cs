using System.Text;
using CsCheck;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

public sealed class YamlTests
{
    [Theory]
    [InlineData("http:\n  max_headers: 1\n  max_headers: 2\n", "3:3: duplicate key `max_headers`, first given in line 2")]
    [InlineData("drain: {}\ndrain: {}\n", "2:1: duplicate key `drain`, first given in line 1")]
    [InlineData("drain: {}\n---\nlisten: :1\n", "2:1: more than one document")]
    [InlineData("- a\n", "1:1: the document must be a mapping")]
    [InlineData("\n  text\n", "2:3: the document must be a mapping")]
    [InlineData("? [a]\n: b\n", "1:3: a key must be a text")]
    [InlineData("drain: !!map {}\n", "1:8: tags are not supported")]
    [InlineData("drain: !mine {}\n", "1:8: tags are not supported")]
    [InlineData("drain: *x\n", "1:8: unknown alias")]
    [InlineData("drain: &x\n  deadline: *x\n", "2:13: unknown alias")]
    [InlineData("drain: &d {}\nhttp:\n  <<: *d\n", "3:3: merge keys (`<<`) are not supported")]
    [InlineData("drain:\n  deadline: \"1\u0001s\"\n", "2:15: control character U+0001")]
    [InlineData("drain: {}\n\0rubbish\n", "2:1: control character U+0000")]
    [InlineData("drain: !<>\n", "1:11: not valid YAML")]
    [InlineData("drain: {{ d }}\n", "1:9: a key must be a text")]
    [InlineData("? :\n", "2:1: a value is missing")]
    public void What_is_no_configuration_in_YAML_is_an_error_at_its_place(string yaml, string error)
    {
        using var given = new Given();
        Assert.Equal([$"sidecar.yaml:{error}"], given.Errors(yaml));
    }

    [Theory]
    [InlineData("drain: {\n", 2, 1)]
    [InlineData("drain: ]\n", 1, 8)]
    [InlineData("drain:\n\tdeadline: 1s\n", 2, 1)]
    [InlineData("listen: 'a\n", 1, 9)]
    [InlineData("a: b: c\n", 1, 5)]
    public void A_syntax_error_has_line_and_column(string yaml, int line, int column)
    {
        using var given = new Given();
        var error = Assert.Single(given.Load(yaml).Errors);
        Assert.Equal((line, column), (error.Place.Line, error.Place.Column));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_an_error_where_they_stand()
    {
        using var given = new Given();
        Assert.Equal(["sidecar.yaml:2:5: not UTF-8"], given.Errors(given.Load([.. "a: ö\nb: "u8, .. "ö"u8, 0xFF, .. "x\n"u8])));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text()
    {
        using var given = new Given();
        Assert.Equal(["sidecar.yaml:1:1: unknown key `x`"], given.Errors(given.Load([0xEF, 0xBB, 0xBF, .. "x: 1\n"u8])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("---\n")]
    [InlineData("~\n")]
    [InlineData("streaming:\nroutes:\n")]
    public void Nothing_given_is_nothing_changed(string yaml)
    {
        using var given = new Given();
        var errors = given.Errors(yaml);
        Assert.Equal(yaml.Contains("routes", StringComparison.Ordinal) ? ["sidecar.yaml:2:8: `routes`: no routes"] : [], errors);
    }

    [Fact]
    public void Keys_may_be_quoted_and_values_shared_by_an_alias()
    {
        using var given = new Given();
        var options = given.Options("\"upstreams\":\n  a: &a { url: http://h }\n  b: *a\nroutes: [ { 'name': r, upstreams: [ { name: b } ] } ]\n");
        Assert.Equal(new Uri("http://h"), options.Upstreams["b"].Url);
        Assert.Equal("b", options.Upstreams["b"].Name);
    }

    [Fact]
    public void Aliases_that_grow_are_stopped()
    {
        using var given = new Given();
        var bomb = new StringBuilder("metrics:\n  models: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 9; i++)
            bomb.Append($"k{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Equal(["sidecar.yaml:6:45: more than 100000 values"], given.Errors(bomb.ToString()));
    }

    [Fact]
    public void Aliases_that_nest_are_stopped()
    {
        using var given = new Given();
        var nest = new StringBuilder("k0: &a0 [x]\n");
        for (var i = 1; i < 40; i++)
            nest.Append($"k{i}: &a{i} [*a{i - 1}]\n");
        Assert.Equal(["sidecar.yaml:32:12: nested deeper than 32 levels"], given.Errors(nest.ToString()));
    }

    [Fact]
    public void Nesting_and_number_of_values_are_bounded()
    {
        using var given = new Given();
        Assert.Equal(["sidecar.yaml:1:41: nested deeper than 32 levels"], given.Errors("listen: " + new string('[', 100_000)));
        Assert.EndsWith("more than 100000 values", Assert.Single(given.Errors("listen: [" + string.Concat(Enumerable.Repeat("a,", 200_000)) + "]")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_more_than_a_MiB_is_not_read()
    {
        using var given = new Given();
        Assert.Equal([], given.Errors(new string('#', 1 << 20)));
        Assert.Equal(["sidecar.yaml: larger than 1 MiB"], given.Errors(new string('#', (1 << 20) + 1)));
    }

    [Fact]
    public void A_long_or_odd_key_is_shown_short_and_on_one_line()
    {
        using var given = new Given();
        Assert.Equal([$"sidecar.yaml:1:1: unknown key `{new string('k', 80)}…`"], given.Errors(new string('k', 500) + ": 1\n"));
        Assert.Equal(["sidecar.yaml:1:1: unknown key `a?b`"], given.Errors("\"a\\nb\": 1\n"));
    }

    [Fact]
    public void Any_bytes_give_a_configuration_or_errors_and_nothing_is_thrown()
    {
        using var given = new Given();
        Gen.Byte.Array[0, 300].Sample(bytes => Holds(given.Load(bytes)), iter: 2_000, threads: 1);
    }

    [Fact]
    public void Any_text_of_YAML_signs_gives_a_configuration_or_errors_and_nothing_is_thrown()
    {
        using var given = new Given();
        string[] pieces =
        [
            "listen", "upstreams", "routes", "a", "url", "http://h", "name", "null", "80%", "5s", "${env:X}", "${file:y}", "${", "$${", ": ", ":", "\n", "\n  ",
            "- ", "-", "[", "]", "{", "}", ", ", "'", "\"", "&a", "*a", "!", "!!", "!<", "<<", "|", ">", "%", "@", "?", "#", " ", "\t", "---", "...", "\0", "\r",
            "\uFEFF", "\u0085", "ö", "~",
        ];
        Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]).Array[0, 40].Select(string.Concat).Sample(text => Holds(given.Load(text)), iter: 5_000, threads: 1);
    }

    private static void Holds(LoadResult result)
    {
        Assert.Equal(result.Success, result.Errors.Count == 0);
        Assert.All(result.Errors, error =>
        {
            Assert.True(error.Place is { Line: >= 1, Column: >= 1 });
            Assert.DoesNotContain(error.ToString(), char.IsControl);
        });
    }
}
