using System.Text;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Detectors;

public sealed class ApiKeyTests
{
    private const int SamplesOfEach = 10;
    private const int MostSamples = 5_000;

    public static TheoryData<int> KnownKeys => [.. Enumerable.Range(0, ApiKey.Known.Count())];

    public static TheoryData<int> OtherKeys => [.. Enumerable.Range(1, ApiKey.Detector.Patterns.Count - 1)];

    [Theory, MemberData(nameof(KnownKeys))]
    public void A_key_of_known_length_is_found_as_a_whole(int kind)
    {
        var (pattern, test) = ApiKey.Known.ElementAt(kind);
        var keys = Samples.Of(pattern).Take(MostSamples).Where(key => test(Encoding.UTF8.GetBytes(key))).Take(SamplesOfEach).ToArray();
        Assert.Equal(SamplesOfEach, keys.Length);
        Assert.All(keys, key => Assert.Equal([key], Found.By("api_key", $"key = \"{key}\", and so on")));
    }

    [Theory, MemberData(nameof(KnownKeys))]
    public void A_longer_one_is_no_key_of_that_kind(int kind)
    {
        var (pattern, _) = ApiKey.Known.ElementAt(kind);
        foreach (var key in Samples.Of(pattern, stopAt: 0).Take(3)) Assert.DoesNotContain(key, Found.By("api_key", $"\"{key}Z\""));
    }

    [Theory, MemberData(nameof(OtherKeys))]
    public void A_key_of_another_kind_is_found(int pattern)
    {
        var form = ApiKey.Detector.Patterns[pattern];
        var parsed = Pattern.Parse(form.Text, PatternOptions.OpenEnd | (form.IgnoreCase ? PatternOptions.IgnoreCase : 0), out _)!;
        var keys = Samples.Of(parsed).Take(MostSamples).Where(key => form.Test?.Invoke(Encoding.UTF8.GetBytes(key)) != false).Take(SamplesOfEach).ToArray();
        Assert.Equal(SamplesOfEach, keys.Length);
        Assert.All(keys, key => Assert.Equal(key, Found.By("api_key", $" {key}\n")[0]));
    }

    [Theory]
    [InlineData("sk-ant-api03-", 93, "AA")]
    [InlineData("sk-", 48, "")]
    [InlineData("ghp_", 36, "")]
    [InlineData("github_pat_", 82, "")]
    [InlineData("glpat-", 20, "")]
    [InlineData("AKIA", 16, "")]
    [InlineData("sk_live_", 24, "")]
    [InlineData("npm_", 36, "")]
    [InlineData("xoxb-", 24, "")]
    [InlineData("hvs.", 90, "")]
    [InlineData("ops_eyJ", 300, "")]
    [InlineData("glc_", 40, "")]
    [InlineData("fm2_", 120, "")]
    public void A_placeholder_is_no_key(string prefix, int length, string suffix)
    {
        Assert.Empty(Found.All($"key: {prefix}{new string('x', length)}{suffix}"));
        Assert.Empty(Found.All($"key: {prefix}{new string('X', length)}{suffix}"));
    }

    [Fact]
    public void A_key_is_found_where_text_adjoins_it()
    {
        var key = "ghp_" + string.Concat(Enumerable.Range(0, 36).Select(i => "0aB1cD2eF3gH4"[i * 7 % 13]));
        Assert.All(
            [$"token={key}", $"\"{key}\"", $"https://{key}@github.com", $"{key}.", $"({key})", $"密钥{key}。", $"x-{key}-y"],
            text => Assert.Contains(Found.All(text), found => found.Contains(key, StringComparison.Ordinal)));
        Assert.Empty(Found.By("api_key", "x" + key));
    }

    [Fact]
    public void A_secret_key_of_amazon_is_found_by_its_name()
    {
        var key = string.Concat(Enumerable.Range(0, 40).Select(i => "wJalrXUtnFEMI/K7MDENG+bPxRfi"[i * 5 % 28]));
        Assert.All(
            [$"AWS_SECRET_ACCESS_KEY={key}", $"aws_secret_access_key = \"{key}\"", $"\"SecretAccessKey\": \"{key}\"", $"secretKey => '{key}'"],
            text => Assert.EndsWith(key, Assert.Single(Found.By("api_key", text)), StringComparison.Ordinal));
        Assert.Empty(Found.All($"ANY_KEY = {key}"));
        Assert.Empty(Found.All($"AWS_SECRET_ACCESS_KEY = {key}{key}"));
    }

    [Fact]
    public void The_end_of_a_sentence_is_no_part_of_a_key()
    {
        var key = "pplx-" + string.Concat(Enumerable.Range(0, 48).Select(i => "0aB1cD2eF3gH4iJ5kL6mN7"[i * 5 % 22]));
        Assert.Equal([key], Found.By("api_key", $"It is {key}."));
    }
}
