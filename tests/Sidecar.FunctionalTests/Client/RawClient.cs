using System.Net.Sockets;
using System.Text;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Client;

/// <summary>How a connection ended, as its client saw it.</summary>
public enum ConnectionEnd
{
    Open,
    Closed,
    Reset,
}

/// <summary>A client of one socket: sends the bytes it is told to, reads responses with its own parser, and only when asked to.</summary>
public sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _chunk = new byte[64 * 1024];
    private byte[] _unread = [];

    private RawClient(Uri uri) => Uri = uri;

    /// <summary>Where it is connected.</summary>
    public Uri Uri { get; }

    /// <summary>How the peer ended the connection, as far as it was read.</summary>
    public ConnectionEnd End { get; private set; }

    /// <summary>Bytes that came and belong to no response yet.</summary>
    public ReadOnlyMemory<byte> Unread => _unread;

    /// <summary>Connects.</summary>
    /// <param name="uri">Where.</param>
    /// <param name="receiveBuffer">Bytes that the kernel may take in for it; 0 leaves that to the kernel.</param>
    public static async Task<RawClient> ConnectAsync(Uri uri, int receiveBuffer = 0)
    {
        var client = new RawClient(uri);
        if (receiveBuffer > 0) client._socket.ReceiveBufferSize = receiveBuffer;
        await client._socket.ConnectAsync(uri.Host, uri.Port);
        return client;
    }

    /// <summary>Connects, sends one request and reads its whole response.</summary>
    public static async Task<RawResponse> AskAsync(Uri uri, string request)
    {
        using var client = await ConnectAsync(uri);
        await client.SendAsync(request);
        return await client.ResponseAsync(request.TrimStart().Split(' ')[0]);
    }

    /// <summary>Sends text.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text), Cut.Whole);

    /// <summary>Sends bytes, each part in a write of its own.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut)
    {
        foreach (var part in cut(bytes)) await _socket.SendAsync(part);
    }

    /// <summary>A POST with a JSON body and its length.</summary>
    public Task PostAsync(string target, string body, params string[] headers) => SendAsync(Post(target, body, headers));

    /// <summary>The text of a POST with a JSON body and its length.</summary>
    public static string Post(string target, string body, params string[] headers)
    {
        var lines = string.Concat(headers.Select(header => header + "\r\n"));
        var latin = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body));
        return $"POST {target} HTTP/1.1\r\nhost: sidecar.test\r\ncontent-type: application/json\r\n{lines}content-length: {latin.Length}\r\n\r\n{latin}";
    }

    /// <summary>The next response's head; its body is read by asking for it.</summary>
    public async Task<RawResponse> HeadAsync(string method = "GET")
    {
        var response = new RawResponse(this, new ResponseParser(method));
        await response.UntilAsync(() => response.Parser.HasHead, "a response head");
        return response;
    }

    /// <summary>The next response, whole.</summary>
    public async Task<RawResponse> ResponseAsync(string method = "GET")
    {
        var response = await HeadAsync(method);
        await response.CompleteAsync();
        return response;
    }

    /// <summary>Reads until these bytes, and nothing else, have come; they stay unread.</summary>
    public async Task<bool> UnreadAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        while (_unread.Length < bytes.Length && End == ConnectionEnd.Open) await ReceiveAsync(text);
        return _unread.AsSpan().SequenceEqual(bytes) ? true : throw new BadResponseException($"not {text} but {Encoding.Latin1.GetString(_unread)}");
    }

    /// <summary>Reads until the peer ends the connection; what came is in <see cref="Unread"/>.</summary>
    public async Task<ConnectionEnd> EndAsync()
    {
        while (End == ConnectionEnd.Open) await ReceiveAsync("the connection's end");
        return End;
    }

    /// <summary>Sends a FIN and keeps reading.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a FIN.</summary>
    public void Close()
    {
        _socket.Shutdown(SocketShutdown.Send);
        _socket.Close();
    }

    /// <summary>Closes with a RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    internal void Feed(ResponseParser parser)
    {
        _unread = _unread[parser.Feed(_unread)..];
        if (End == ConnectionEnd.Closed) parser.Close();
    }

    /// <summary>Takes up to so many bytes off the socket; they stay unread.</summary>
    public Task ReceiveSomeAsync(int most) => ReceiveAsync("some bytes", most);

    /// <summary>Reads once and forgets what came.</summary>
    public async Task DiscardSomeAsync()
    {
        await ReceiveAsync("some bytes");
        _unread = [];
    }

    internal async Task ReceiveAsync(string what, int most = int.MaxValue)
    {
        try
        {
            var count = await Bound.ForAsync(_socket.ReceiveAsync(_chunk.AsMemory(0, Math.Min(most, _chunk.Length))).AsTask(), what);
            if (count == 0) End = ConnectionEnd.Closed;
            _unread = [.. _unread, .. _chunk.AsSpan(0, count)];
        }
        catch (SocketException)
        {
            End = ConnectionEnd.Reset;
        }
    }
}
