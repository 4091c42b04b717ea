namespace Sidecar.Moderation.Detectors;

/// <summary>Where code is kept, built, tested, published and watched.</summary>
internal static partial class ApiKey
{
    private static Run[] CodeRuns() =>
    [
        // GitHub
        new("ghp_ gho_ ghu_ ghs_ ghr_", "[0-9A-Za-z]{36}", Above3),
        new("github_pat_", "[0-9A-Za-z_]{82}", Above3),
        // GitLab
        new("glpat- gldt- glffct- glft- glrt- glsoat- GR1348941", "[0-9A-Za-z_-]{20}", Above3),
        new("glpat-", "[0-9A-Za-z_-]{27,120}\\.[0-9a-z]{9}", Above4),
        new("glrt-t", "[0-9]_[0-9A-Za-z_-]{27,120}\\.[0-9a-z]{9}", Above4),
        new("glcbt-", "[0-9A-Za-z]{1,5}_[0-9A-Za-z_-]{20}", Above3),
        new("glimt-", "[0-9A-Za-z_-]{25}", Above3),
        new("glagent-", "[0-9A-Za-z_-]{50}", Above3),
        new("gloas-", "[0-9A-Za-z_-]{64}", Above3),
        new("glptt-", "[0-9a-f]{40}", Above3),
        new("_gitlab_session=", "[0-9a-z]{32}", Above3),
        // Atlassian, Sourcegraph, Linear, Octopus Deploy, Harness, CircleCI, Buildkite, Infracost
        new("ATATT3", "[0-9A-Za-z_=-]{186}", Above35),
        new("ATBB", "[0-9A-Za-z]{32}", Above3),
        new("sgp_", "(?:(?:[0-9A-Fa-f]{16}|local)_)?[0-9A-Fa-f]{40}", Above3),
        new("lin_api_ lin_oauth_", "[0-9A-Za-z]{40}", Above3),
        new("API-", "[0-9A-Z]{26}", Above3),
        new("pat. sat.", "[0-9A-Za-z_-]{22}\\.[0-9A-Za-z]{24}\\.[0-9A-Za-z]{20}", Above3),
        new("CCIPAT_", "[0-9A-Za-z]{22}_[0-9a-f]{40}", Above3),
        new("bkua_", "[0-9a-f]{40}", Above3),
        new("ico-", "[0-9A-Za-z]{32}", Above3),
        // npm, RubyGems, Clojars, Docker
        new("npm_ NPM_", "[0-9A-Za-z]{36}", Above3),
        new("rubygems_", "[0-9a-f]{48}", Above3),
        new("CLOJARS_ clojars_", "[0-9A-Za-z]{60}", Above3),
        new("dckr_pat_", "[0-9A-Za-z_-]{27}", Above3),
        new("dckr_oat_", "[0-9A-Za-z_-]{32}", Above3),
        // Grafana, Sentry, New Relic, Dynatrace, SonarQube
        new("glsa_", "[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}", Above3),
        new("sntryu_", "[0-9a-f]{64}", Above35),
        new("NRAK-", "[0-9A-Za-z]{27}", Above3),
        new("NRJS-", "[0-9A-Fa-f]{19}", Above3),
        new("NRII-", "[0-9A-Za-z-]{32}", Above3),
        new("dt0c01.", "[0-9A-Za-z]{24}\\.[0-9A-Za-z]{64}", Above4),
        new("sqa_ sqp_ squ_", "[0-9A-Za-z=_-]{40}", Above3),
    ];

    // PyPI, Grafana, Sentry
    private static Form[] CodeForms() =>
    [
        Open("pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[0-9A-Za-z_-]{16}"),
        Open($"glc_{NoPlaceholder}[0-9A-Za-z+/]{{31}}"),
        new("eyJrIjoi[0-9A-Za-z]{70,300}={0,2}", NotBehind, NotBefore, Test: Above3),
        Open("sntrys_eyJpYXQiO[0-9A-Za-z+/]{8}"),
    ];
}
