namespace Sidecar;

/// <summary><c>sidecar drain</c>: asks a running sidecar to leave in good order.</summary>
internal static class Drain
{
    public static async Task<int> RunAsync(Uri url)
    {
        var (status, text) = await AdminRequest.SendAsync(url, "POST", "/drain").ConfigureAwait(false);
        Console.Out.WriteLine(text);
        return status == 200 ? ExitCode.Clean : ExitCode.Failed;
    }
}
