using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Patterns;

/// <summary>Patterns like those of detectors, in kind and number.</summary>
internal static class Realistic
{
    public const string Email = @"(?i)(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![a-z0-9-])";

    public const string Key = "sk-[A-Za-z0-9]{20,}";

    public const string PrivateKey = @"-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|-{1,5}(?:[A-Z]{2,12} ?)?)*";

    private static readonly string[] Personal =
    [
        Email,
        @"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)",
        @"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b",
        @"\b(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\b",
        @"(?i)(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})(?![\w:])",
        @"(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b",
        @"(?<![\w+])\+?\d{1,3}[ .-]?(?:\(\d{1,4}\)|\d{1,4})(?:[ .-]?\d{2,4}){1,5}(?![\w-])",
        @"\b\d{3}[- ]\d{2}[- ]\d{4}\b",
    ];

    private static readonly string[] Prefixes =
    [
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "xoxb-", "xoxp-", "xapp-", "AKIA", "ASIA", "ABIA", "ACCA", "AIza", "ya29\\.",
        "sk_live_", "rk_live_", "pk_live_", "SG\\.", "npm_", "pypi-", "dop_v1_", "shpat_", "sq0atp-", "EAAA", "hf_", "r8_", "gsk_", "xai-", "ntn_", "hvs\\.",
    ];

    public static PatternTable Build() => Walk.Build(
    [
        .. Personal.Select(text => Walk.Parse(text)),
        .. Prefixes.Select((prefix, i) => Walk.Parse($"(?<!\\w){prefix}[A-Za-z0-9_-]{{{10 + (i % 3 * 10)},{40 + (i % 4 * 20)}}}(?![\\w-])")),
        Walk.Parse(Key, PatternOptions.OpenEnd),
        Walk.Parse(PrivateKey, PatternOptions.OpenEnd),
    ]);
}
