using System.Text.RegularExpressions;

namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>
/// gitleaks' rules. Those for a value that has no form of its own, found by a name in front of it, are not claimed, nor those for passwords in commands
/// and files.
/// </summary>
internal sealed partial class GitleaksRules
{
    private const string NameInFront = @"[\w.-]{0,50}?";

    /// <summary>Rules that ask for a name in front of a value which has a form.</summary>
    private static readonly HashSet<string> FormsBehindNames =
    [
        "atlassian-api-token", "defined-networking-api-token", "dropbox-short-lived-api-token", "lob-api-key", "lob-pub-api-key", "mailgun-private-api-token",
        "mailgun-pub-key", "mapbox-api-token", "new-relic-browser-api-token", "new-relic-insert-key", "new-relic-user-api-key", "plaid-api-token",
        "sonar-api-token", "telegram-bot-api-token", "typeform-api-token", "yandex-api-key",
    ];

    private static readonly HashSet<string> NoForms =
        ["curl-auth-header", "curl-auth-user", "freemius-secret-key", "generic-api-key", "kubernetes-secret-yaml", "nuget-config-password", "pkcs12-file"];

    private readonly Dictionary<string, Regex> _claimed = [];

    public GitleaksRules(string toml)
    {
        foreach (Match rule in Rule().Matches(toml))
        {
            var (id, pattern) = (rule.Groups["id"].Value, rule.Groups["pattern"].Value);
            if (NoForms.Contains(id) || (pattern.Contains(NameInFront, StringComparison.Ordinal) && !FormsBehindNames.Contains(id))) continue;
            _claimed.Add(id, new Regex(pattern.Replace("[[:alnum:]]", "[0-9A-Za-z]", StringComparison.Ordinal).Replace("(?P<", "(?<", StringComparison.Ordinal)));
        }
    }

    /// <summary>Whether the detectors claim what a rule finds.</summary>
    public bool IsClaimed(string rule) => _claimed.ContainsKey(rule);

    /// <summary>Whether another claimed rule finds something.</summary>
    public bool IsFoundByAnother(string rule, string text) => _claimed.Any(other => other.Key != rule && other.Value.IsMatch(text));

    [GeneratedRegex("""^id = "(?<id>[^"]+)"\n(?:(?!\[\[rules\]\]).*\n)*?regex = '''(?<pattern>.*)'''$""", RegexOptions.Multiline)]
    private static partial Regex Rule();
}
