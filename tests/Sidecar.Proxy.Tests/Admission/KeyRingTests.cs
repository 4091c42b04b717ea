using System.Security.Cryptography;
using System.Text;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Admission;

public sealed class KeyRingTests
{
    private static KeyOptions Key(string id, string key) => new()
    {
        Id = id, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))), User = id, Team = "t", Project = "p",
    };

    private static KeyRing Ring(params KeyOptions[] keys) => new(keys, keys.ToDictionary(key => key.Id, key => new KeyLimits(key, null, TimeProvider.System)));

    [Fact]
    public void A_key_is_known_by_its_digest_and_nothing_near_it_is()
    {
        var ring = Ring(Key("a", "secret-a"), Key("b", "secret-b"));
        Assert.Equal("a", ring.Identify("secret-a"u8)!.User);
        Assert.Equal("b", ring.Identify("secret-b"u8)!.User);
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var wrong = i switch
            {
                < 9 => Encoding.UTF8.GetBytes("secret-a"[..i]),
                < 20 => Encoding.UTF8.GetBytes("secret-a" + new string(' ', i - 8)),
                < 30 => Encoding.UTF8.GetBytes(Key("a", "secret-a").Sha256),
                _ => new byte[random.Next(1, 30_000)],
            };
            if (i >= 30) random.NextBytes(wrong);
            if (wrong.AsSpan().SequenceEqual("secret-a"u8)) continue;
            Assert.Null(ring.Identify(wrong));
        }
    }

    [Theory]
    [InlineData("gpt-4o", "r", null)]
    [InlineData("gpt-4o", "other", "forbidden")]
    [InlineData("claude", "r", "forbidden")]
    [InlineData("GPT-4o", "r", "forbidden")]
    [InlineData(null, "r", "forbidden")]
    public void A_key_may_ask_only_its_models_on_its_routes(string? model, string route, string? refused)
    {
        var caller = Ring(Key("a", "k") with { Models = ["gpt-*"], Routes = ["r"] }).Identify("k"u8)!;
        Assert.Equal(refused, caller.Admit(new ExchangeRecord { Model = model, Route = route }, default, out _)?.Error.Name);
    }

    [Theory]
    [InlineData("*")]
    [InlineData(null)]
    public void A_key_for_every_model_may_also_ask_what_names_none(string? pattern)
    {
        var caller = Ring(Key("a", "k") with { Models = pattern is null ? [] : [pattern] }).Identify("k"u8)!;
        Assert.Null(caller.Admit(new ExchangeRecord { Route = "r" }, default, out _));
    }
}
