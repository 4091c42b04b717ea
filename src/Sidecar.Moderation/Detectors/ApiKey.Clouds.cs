namespace Sidecar.Moderation.Detectors;

/// <summary>Clouds, hosts, networks, stores, and those who keep their secrets.</summary>
internal static partial class ApiKey
{
    private static Run[] CloudRuns() =>
    [
        // Amazon, Azure, Alibaba, Yandex, DigitalOcean, Scalingo, Heroku, Fly, Netlify, Vercel, Render
        new("AKIA ASIA ABIA ACCA", "[2-7A-Z]{16}", IsAmazonId),
        new("A3T", "[0-9A-Z][2-7A-Z]{16}", IsAmazonId),
        new("AccountKey= SharedAccessKey=", "(?:[0-9A-Za-z+/]{86}==|[0-9A-Za-z+/]{43}=)", Above3),
        new("LTAI", "[0-9A-Za-z]{20}", Above3),
        new("AQVN", "[0-9A-Za-z_-]{35,38}", Above3),
        new("dop_v1_ doo_v1_ dor_v1_", "[0-9A-Fa-f]{64}", Above3),
        new("tk-us-", "[0-9A-Za-z_-]{48}", Above3),
        new("HRKU-AA", "[0-9A-Za-z_-]{58}", Above4),
        new("fo1_", "[0-9A-Za-z_-]{43}", Above4),
        new("nfp_", "[0-9A-Za-z]{36}", Above3),
        new("vca_ vci_ vck_ vcp_ vcr_", "[0-9A-Za-z]{24,64}", Above3),
        new("rnd_", "[0-9A-Za-z]{28,32}", Above3),
        // Cloudflare, Tailscale, Defined Networking
        new("cfk_ cfut_ cfat_", "[0-9A-Za-z]{40}[0-9a-f]{8}", Above3),
        new("v1.0-", "[0-9a-f]{24}-[0-9a-f]{146}", Above3),
        new("tskey-", "[a-z]{3,12}-[0-9A-Za-z]{8,20}-[0-9A-Za-z]{16,40}", static _ => true),
        new("dnkey-", "[0-9A-Za-z=_-]{26}-[0-9A-Za-z=_-]{52}", Above3),
        // HashiCorp Vault, Pulumi, Doppler, 1Password, age
        new("hvs.", "[0-9A-Za-z_-]{24,120}", Above35),
        new("s.", "[0-9A-Za-z]{24}", IsVaultToken),
        new("pul-", "[0-9a-f]{40}", Above3),
        new("dp.", "(?:pt|st|ct|sa|scim|audit)\\.[0-9A-Za-z]{40,44}", Above3),
        new("A3-", "[0-9A-Z]{6}-(?:[0-9A-Z]{11}|[0-9A-Z]{6}-[0-9A-Z]{5})(?:-[0-9A-Z]{5}){3}", Entropy.Above(3.8)),
        new("AGE-SECRET-KEY-1", "[02-9AC-HJ-NP-Z]{58}", Above3),
        // Databricks, Supabase, Prefect, Artifactory, ClickHouse, PlanetScale
        new("dapi", "[0-9a-f]{32}(?:-[0-9])?", Above3),
        new("sbp_", "[0-9a-f]{40}", Above3),
        new("sb_secret_", "[0-9A-Za-z_-]{31}", Above3),
        new("pnu_", "[0-9A-Za-z]{36}", Above3),
        new("AKCp", "[0-9A-Za-z]{69}", Entropy.Above(4.5)),
        new("cmVmd", "[0-9A-Za-z]{59}", Entropy.Above(4.5)),
        new("4b1d", "[0-9A-Za-z]{38}", Above3),
        new("pscale_", "(?:tkn|oauth|pw)_[0-9A-Za-z_=.-]{32,64}", Above3),
    ];

    private static Form[] CloudForms() =>
    [
        // Amazon's secret key has no form of its own, but a name that it is assigned to.
        new("(?:aws[_-]?)?secret[_-]?(?:access[_-]?)?key[\"']?[ \\t]{0,4}(?:=>|[:=])[ \\t]{0,4}[\"']?[0-9A-Za-z+/]{40}", NotBehind, NotBeforeBase64, true, Above35),
        // Azure
        new("[0-9A-Za-z_~.]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}", "(?<![^\\\\'\"`\\s>=:(,)])", "(?![^\\\\'\"`\\s<),;])", Test: Above3),
        // Google, Fly, HashiCorp Vault and Terraform, 1Password, OpenShift
        Open("ya29\\.[0-9A-Za-z_-]{24}"),
        Open($"fm(?:1[ar]|2)_{NoPlaceholder}[0-9A-Za-z+/]{{24}}"),
        Open($"hvb\\.{NoPlaceholder}[0-9A-Za-z_-]{{24}}"),
        new("[0-9A-Za-z]{14}\\.atlasv1\\.[0-9A-Za-z=_-]{60,70}", NotBehind, NotBefore, Test: Above35),
        Open($"ops_eyJ{NoPlaceholder}[0-9A-Za-z+/]{{24}}"),
        new("sha256~[0-9A-Za-z_-]{43}", NotBehind, NotBefore, Test: Above35),
    ];

    // AKIA...EXAMPLE is what Amazon's documentation writes.
    private static bool IsAmazonId(ReadOnlySpan<byte> text) => Entropy.Of(text) > 3 && !text.EndsWith("EXAMPLE"u8);

    // s.aMethodOfAnObject...
    private static bool IsVaultToken(ReadOnlySpan<byte> text) => Entropy.Of(text) > 3.5 && text.ContainsAnyInRange((byte)'0', (byte)'9');
}
