using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Hosting;

namespace Sidecar;

/// <summary><c>sidecar serve</c>: the whole life of the process. Load → bind → say where → wait for the word → drain → gone.</summary>
internal static class Serve
{
    public static async Task<int> RunAsync(string? path)
    {
        var environment = ConfigurationLoader.ProcessEnvironment();
        var loaded = ConfigurationLoader.Load(path, environment);
        if (!loaded.Success)
        {
            foreach (var error in loaded.Errors) await Console.Error.WriteLineAsync(error.ToString()).ConfigureAwait(false);
            return ExitCode.Usage;
        }
        using var configuration = new ConfigurationSource(loaded, environment, TimeProvider.System);
        try
        {
            await using var host = SidecarHost.Start(configuration, Console.OpenStandardError(), TimeProvider.System);
            using var leave = new LeaveSignals();
            Console.Out.WriteLine($"listening data={host.DataEndPoint} admin={host.AdminEndPoint}");
            // What the start left behind is more than everything that follows needs.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await Task.WhenAny(leave.Asked, host.LeaveRequested).ConfigureAwait(false);
            await host.DrainAsync().ConfigureAwait(false);
            return ExitCode.Clean;
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"sidecar: cannot listen on {configuration.Current.Listen} and {configuration.Current.Admin.Listen}: {e.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync($"sidecar: {e.Message}").ConfigureAwait(false);
            return ExitCode.Usage;
        }
    }
}

/// <summary>SIGTERM and SIGINT: the first asks to leave, the second does not ask.</summary>
internal sealed class LeaveSignals : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    public LeaveSignals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <summary>Completes at the first signal.</summary>
    public Task Asked => _asked.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_asked.TrySetResult()) Environment.Exit(ExitCode.Failed);
    }
}
