namespace Sidecar;

/// <summary><c>sidecar health</c>: for probes of images that have no curl.</summary>
internal static class Health
{
    public static async Task<int> RunAsync(Uri url)
    {
        var path = url.AbsolutePath == "/" ? "/readyz" : url.AbsolutePath;
        var (status, text) = await AdminRequest.SendAsync(url, "GET", path).ConfigureAwait(false);
        Console.Out.WriteLine(text);
        return status == 200 ? ExitCode.Clean : ExitCode.Failed;
    }
}
