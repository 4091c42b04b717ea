using System.Net;

namespace Sidecar.Proxy.Configuration;

/// <summary>What must hold between keys. A key that was refused is left out of it: one mistake, one error.</summary>
internal static class ConfigurationChecks
{
    /// <summary>Reports what does not hold. <paramref name="running"/>: the options in use, when they are to be replaced.</summary>
    public static void Run(SidecarOptions options, SidecarOptions? running, Reading reading)
    {
        Fixed(options, running, reading);
        Upstreams(options, reading);
        Routes(options, reading);
        Keys(options, reading);
        Watermarks(options, reading);
        Buckets(options, reading);
    }

    private static void Fixed(SidecarOptions options, SidecarOptions? running, Reading reading)
    {
        var (data, admin) = (options.Listen, options.Admin.Listen);
        if (data.Port != 0 && data.Port == admin.Port && Overlap(data.Address, admin.Address))
            Refuse(reading, "the same port as `listen`", "admin.listen", "listen");
        if (running is null)
            return;
        if (!running.Listen.Equals(data))
            Refuse(reading, "cannot change while running; restart to apply it", "listen");
        if (!running.Admin.Listen.Equals(admin))
            Refuse(reading, "cannot change while running; restart to apply it", "admin.listen");
        if (running.Usage.Journal != options.Usage.Journal)
            Refuse(reading, "cannot change while running; restart to apply it", "usage.journal");
    }

    private static bool Overlap(IPAddress a, IPAddress b) => a.Equals(b) || IsAny(a) || IsAny(b);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static void Upstreams(SidecarOptions options, Reading reading)
    {
        if (options.Upstreams.Count == 0)
            Refuse(reading, "no upstreams", "upstreams");
        foreach (var (name, upstream) in options.Upstreams)
        {
            var tls = $"upstreams.{name}.tls";
            if (upstream.Tls.ClientKeyFile is not null && upstream.Tls.ClientCertFile is null)
                Refuse(reading, "needs `client_cert_file`", $"{tls}.client_key_file", $"{tls}.client_cert_file");
            if (upstream.Tls != new TlsOptions() && upstream.Url.Scheme == Uri.UriSchemeHttp)
                Refuse(reading, "TLS settings, but the `url` is http", tls, $"upstreams.{name}.url");
        }
    }

    private static void Routes(SidecarOptions options, Reading reading)
    {
        if (options.Routes.Count == 0 && reading.Given("routes") is null && options.Upstreams.Count > 0)
            Refuse(reading, "no routes: with more than one upstream they must say which requests go where", "upstreams");
        else if (options.Routes.Count == 0 && reading.Given("routes") is not null)
            Refuse(reading, "no routes", "routes");
        var names = new HashSet<string>();
        for (var i = 0; i < options.Routes.Count; i++)
        {
            if (reading.Given($"routes[{i}].name") is not null && !names.Add(options.Routes[i].Name))
                Refuse(reading, $"duplicate route `{options.Routes[i].Name}`", $"routes[{i}].name");
            Targets(i, options, reading);
            Known(reading, "policy", options.Moderation.Policies.Keys, options.Routes[i].Moderation, $"routes[{i}].moderation", "moderation.policies");
        }
    }

    private static void Targets(int route, SidecarOptions options, Reading reading)
    {
        for (var i = 0; reading.Given($"routes[{route}].upstreams[{i}]") is not null; i++)
        {
            var path = $"routes[{route}].upstreams[{i}].name";
            Known(reading, "upstream", options.Upstreams.Keys, reading.Text(path), path, "upstreams");
        }
        for (var i = 0; reading.Given($"routes[{route}].fallback[{i}]") is not null; i++)
        {
            var path = $"routes[{route}].fallback[{i}]";
            Known(reading, "upstream", options.Upstreams.Keys, reading.Text(path), path, "upstreams");
        }
    }

    private static void Keys(SidecarOptions options, Reading reading)
    {
        for (var i = 0; i < options.Auth.Keys.Count; i++)
        {
            var routes = options.Auth.Keys[i].Routes;
            for (var j = 0; j < routes.Count; j++)
            {
                var path = $"auth.keys[{i}].routes[{j}]";
                Known(reading, "route", options.Routes.Select(route => route.Name), reading.Text(path), path, "routes");
            }
        }
    }

    /// <summary>Refuses the name at <paramref name="path"/> that is none of the <paramref name="named"/>.</summary>
    private static void Known(Reading reading, string kind, IEnumerable<string> named, string? name, string path, string at)
    {
        if (name is null || named.Contains(name))
            return;
        var shown = reading.Concealed.Contains(path) ? "" : $" `{name}`";
        Refuse(reading, $"unknown {kind}{shown}{Shown.Suggestion(name, named)}", path, at);
    }

    private static void Watermarks(SidecarOptions options, Reading reading)
    {
        const string High = "streaming.backpressure.high_watermark", Low = "streaming.backpressure.low_watermark";
        if (options.Streaming.LowWatermark > options.Streaming.HighWatermark)
        {
            var given = reading.Given(Low) is null ? High : Low;
            Refuse(reading, $"low_watermark {options.Streaming.LowWatermark}% is above high_watermark {options.Streaming.HighWatermark}%",
                given, High, Low);
        }
    }

    private static void Buckets(SidecarOptions options, Reading reading)
    {
        foreach (var (name, bounds) in options.Metrics.Buckets)
        {
            for (var i = 1; i < bounds.Length; i++)
            {
                var path = $"metrics.buckets.{name}[{i}]";
                if (bounds[i] <= bounds[i - 1])
                    Refuse(reading, "must be greater than the one before it", path, $"metrics.buckets.{name}[{i - 1}]");
            }
        }
    }

    /// <summary>Refuses the value at <paramref name="path"/>, unless it or one of <paramref name="others"/> is wrong by itself.</summary>
    private static void Refuse(Reading reading, string message, string path, params ReadOnlySpan<string> others)
    {
        foreach (var other in others)
        {
            if (reading.Failed(other))
                return;
        }
        if (!reading.Failed(path))
            reading.Fail(path, reading.PlaceOf(path), message);
    }
}
