using System.Text.Json;
using Sidecar.Load.Figures;

namespace Sidecar.Compare.Running;

/// <summary>What the programs that are measured need: where they are, a folder for their files, two providers.</summary>
internal sealed class Site : IAsyncDisposable
{
    private const double SpreadMilliseconds = 500;

    private readonly string _peers;
    private readonly RunningProcess _plain;
    private readonly RunningProcess _tls;

    private Site(string peers, string folder, RunningProcess plain, RunningProcess tls) => (_peers, Folder, _plain, _tls) = (peers, folder, plain, tls);

    /// <summary>Files of one run; gone behind it.</summary>
    public string Folder { get; }

    private static string[] Load => ["dotnet", Path.Combine(AppContext.BaseDirectory, "Sidecar.Load.dll")];

    /// <summary>Starts the providers.</summary>
    /// <param name="peers">The script that runs a contender.</param>
    public static async Task<Site> OpenAsync(string peers)
    {
        var folder = Directory.CreateTempSubdirectory("bench-").FullName;
        var certificate = Path.Combine(folder, "provider.pem");
        Environment.SetEnvironmentVariable("CERTIFICATE", certificate);
        return new(peers, folder, await ProviderAsync(), await ProviderAsync("--certificate", certificate));
    }

    /// <summary>The provider of a contender.</summary>
    public RunningProcess Provider(Contender contender) => contender.HasTls ? _tls : _plain;

    /// <summary>Whether a contender is installed; else a word why not.</summary>
    public async Task<string?> MissingAsync(Contender contender)
    {
        if (contender.IsDirect) return null;
        var (code, _, error) = await Commands.RunAsync(_peers, contender.Name);
        return code == 0 ? null : error.Trim();
    }

    /// <summary>Starts a contender.</summary>
    public Task<RunningProcess> StartAsync(Contender contender)
    {
        var (port, folder) = (RunningProcess.FreePort(), Directory.CreateDirectory(Path.Combine(Folder, contender.Name)).FullName);
        return RunningProcess.StartAsync([.. Cores.Proxy, _peers, contender.Name, $"{port}", $"{Provider(contender).Port}", folder], port, Path.Combine(folder, "started"));
    }

    /// <summary>Puts a load on a contender.</summary>
    /// <param name="contender">Which.</param>
    /// <param name="proxy">Its process; null for none.</param>
    /// <param name="load">The load.</param>
    /// <param name="scale">Its times, as a share of its own.</param>
    public async Task<LoadFigures> LoadAsync(Contender contender, RunningProcess? proxy, Workload load, double scale)
    {
        var provider = Provider(contender);
        List<string> words = [.. Cores.Load, .. Load, load.Verb, .. load.Arguments, "--port", $"{(proxy ?? provider).Port}", "--proxy", $"{proxy?.Id ?? 0}",
            "--provider", $"{provider.Id}", "--seconds", FormattableString.Invariant($"{load.Seconds * scale}"), "--spread", FormattableString.Invariant($"{SpreadMilliseconds * scale}")];
        foreach (var header in contender.Headers(provider.Port)) words.AddRange("--header", header);
        var (_, output, error) = await Commands.RunAsync([.. words]);
        return output.Length > 0 ? JsonSerializer.Deserialize<LoadFigures>(output)! : throw new InvalidOperationException($"{contender.Name}, {load.Name}: {error}");
    }

    /// <summary>Streams whose readers have left, as the provider saw it.</summary>
    public async Task<int> CutAsync(Contender contender)
    {
        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
        using var told = JsonDocument.Parse(await client.GetStringAsync($"{(contender.HasTls ? "https" : "http")}://127.0.0.1:{Provider(contender).Port}/figures"));
        return told.RootElement.GetProperty("Cut").GetInt32();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _plain.DisposeAsync();
        await _tls.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static Task<RunningProcess> ProviderAsync(params string[] arguments)
    {
        var port = RunningProcess.FreePort();
        return RunningProcess.StartAsync([.. Cores.Provider, .. Load, "provider", "--port", $"{port}", .. arguments], port);
    }
}
