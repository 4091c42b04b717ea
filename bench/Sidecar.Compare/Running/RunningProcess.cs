using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sidecar.Compare.Running;

/// <summary>A proxy or provider that listens, until it is disposed of.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private RunningProcess(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>From its own first moment until it took a connection; null where nobody noted that moment.</summary>
    public TimeSpan? StartTime { get; private init; }

    /// <summary>Starts a program and waits until it takes connections.</summary>
    /// <param name="words">It and its arguments.</param>
    /// <param name="port">Where it will listen.</param>
    /// <param name="note">The file in which it notes when it began.</param>
    public static async Task<RunningProcess> StartAsync(string[] words, int port, string? note = null)
    {
        var process = Commands.Start(words, captures: false);
        var clock = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!TryConnect(port))
        {
            if (process.HasExited) throw new InvalidOperationException($"{string.Join(' ', words)} ended with {process.ExitCode}");
            if (clock.Elapsed > Patience) throw new TimeoutException($"{string.Join(' ', words)} does not listen on {port}");
            await tick.WaitForNextTickAsync();
        }
        var now = DateTime.UtcNow;
        TimeSpan? took = note is null ? null : now - DateTime.UnixEpoch.AddSeconds(double.Parse(File.ReadAllText(note), CultureInfo.InvariantCulture));
        return new(process, port) { StartTime = took };
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Asks it to end, and makes it end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await Commands.RunAsync("kill", $"{Id}");
            using var grace = new CancellationTokenSource(Grace);
            try
            {
                await _process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
    }

    private static bool TryConnect(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
