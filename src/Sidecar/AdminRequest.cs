using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sidecar;

/// <summary>One request to the admin port of a running sidecar, from a process that has nothing but a socket.</summary>
internal static class AdminRequest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The status of the answer, or null and why there is none.</summary>
    public static async Task<(int? Status, string Text)> SendAsync(Uri url, string method, string path)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.IdnHost, url.Port, limit.Token).ConfigureAwait(false);
            var stream = client.GetStream();
            var request = $"{method} {path} HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token).ConfigureAwait(false);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var answer = await reader.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            var words = answer.Split(' ', 3);
            return words.Length == 3 && words[0].StartsWith("HTTP/1.", StringComparison.Ordinal) &&
                int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
                ? (status, answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Trim())
                : (null, "no HTTP answer");
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return (null, e.Message);
        }
    }
}
