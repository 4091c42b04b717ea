using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sidecar.FunctionalTests.Product;

/// <summary>The product as its users meet it: a process with a configuration file, two ports, and lines on standard error.</summary>
public sealed partial class SidecarProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<(string Data, string Admin)> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly HttpClient Http = new();

    private SidecarProcess(DirectoryInfo folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        _folder = folder;
        _process = Start(arguments, environment, folder.FullName);
        _process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => OnError(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The file it was started with.</summary>
    public string ConfigFile => Path.Combine(_folder.FullName, "sidecar.yaml");

    /// <summary>The data port.</summary>
    public Uri DataUri { get; private set; } = null!;

    /// <summary>The admin port.</summary>
    public Uri AdminUri { get; private set; } = null!;

    /// <summary>Lines on standard error so far.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts <c>serve</c> with this YAML below two lines that choose free loopback ports, and waits until it listens.</summary>
    public static async Task<SidecarProcess> ServeAsync(string yaml, IReadOnlyDictionary<string, string>? environment = null)
    {
        var folder = Directory.CreateTempSubdirectory("sidecar-test-");
        var file = Path.Combine(folder.FullName, "sidecar.yaml");
        await File.WriteAllTextAsync(file, Ports + yaml);
        var sidecar = new SidecarProcess(folder, ["serve", "--config", file], environment);
        await sidecar.ListenAsync();
        return sidecar;
    }

    /// <summary>Starts <c>serve</c> with these arguments and nothing else, and waits until it listens.</summary>
    public static async Task<SidecarProcess> ServeBareAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var sidecar = new SidecarProcess(Directory.CreateTempSubdirectory("sidecar-test-"), ["serve", .. arguments], environment);
        await sidecar.ListenAsync();
        return sidecar;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments, null, null);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Bound.Wait);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException($"still running after {Bound.Wait}: sidecar {string.Join(' ', arguments)}");
        }
        return (process.ExitCode, await output, await error);
    }

    /// <summary>The two lines above every configuration.</summary>
    public static string Ports => "listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n";

    /// <summary>Puts another configuration in the file's place, as an editor does: whole, by a rename.</summary>
    public async Task RewriteAsync(string yaml)
    {
        var next = ConfigFile + ".next";
        await File.WriteAllTextAsync(next, Ports + yaml);
        File.Move(next, ConfigFile, overwrite: true);
    }

    /// <summary>What <c>/metrics</c> says now.</summary>
    public async Task<Metrics> MetricsAsync() => Metrics.Parse(await Http.GetStringAsync(new Uri(AdminUri, "/metrics")));

    /// <summary>A path of the admin port.</summary>
    public Task<HttpResponseMessage> AdminAsync(HttpMethod method, string path, string? accept = null)
    {
        var request = new HttpRequestMessage(method, new Uri(AdminUri, path));
        if (accept is not null) request.Headers.TryAddWithoutValidation("accept", accept);
        return Http.SendAsync(request);
    }

    /// <summary>The access lines so far.</summary>
    public IReadOnlyList<JsonElement> AccessLines() =>
        _errors.Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line)).Where(line => line.TryGetProperty("outcome", out _)).ToList();

    /// <summary>Waits for the access line of a request; more than one for the same is an error.</summary>
    public async Task<JsonElement> AccessLineAsync(string requestId)
    {
        var lines = new List<JsonElement>();
        await Bound.UntilAsync(() => (lines = Of(requestId)).Count > 0, $"the access line of {requestId}");
        return lines.Single();
    }

    private List<JsonElement> Of(string requestId) => AccessLines().Where(line => line.GetProperty("request_id").GetString() == requestId).ToList();

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end of the process; its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Bound.Wait);
        return _process.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ListenAsync()
    {
        try
        {
            var (data, admin) = await Bound.ForAsync(_listening.Task, "the line that tells the ports");
            DataUri = new Uri($"http://{data}");
            AdminUri = new Uri($"http://{admin}");
        }
        catch (Exception)
        {
            await DisposeAsync();
            throw;
        }
    }

    private void OnOutput(string? line)
    {
        if (line is null)
        {
            _listening.TrySetException(new InvalidOperationException("ended before it listened: " + string.Join('\n', _errors)));
        }
        else if (Listening().Match(line) is { Success: true } match)
        {
            _listening.TrySetResult((match.Groups["data"].Value, match.Groups["admin"].Value));
        }
    }

    private void OnError(string? line)
    {
        if (line is not null) _errors.Enqueue(line);
    }

    private static Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, string? folder)
    {
        var (file, first) = SidecarBinary.Command;
        var start = new ProcessStartInfo(file, [.. first, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"cannot start {file}");
    }

    [GeneratedRegex("^listening data=(?<data>[^ ]+:[0-9]+) admin=(?<admin>[^ ]+:[0-9]+)$")]
    private static partial Regex Listening();
}
