using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Load;

/// <summary>
/// A provider that streams chat completions at the pace that the path asks for. Every event tells its number and the moment of its sending (in ticks of
/// <see cref="Stopwatch"/>, which all processes of a machine share) outside its content, as metadata that nobody takes for text.
/// </summary>
internal sealed class ScriptedProvider(int port, string[] tokens)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(1);

    private readonly List<Stream> _streams = [];
    private readonly byte[] _event = new byte[1024];

    /// <summary>Serves until the process ends. One loop sends what is due in every stream, so that pacing costs one timer.</summary>
    public async Task RunAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(1024);
        _ = PaceAsync();
        while (true) _ = ServeAsync(await listener.AcceptAsync());
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        var buffer = new byte[8192];
        var head = new StringBuilder();
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer);
            if (count == 0) return;
            head.Append(Encoding.ASCII.GetString(buffer, 0, count));
            // The load's requests end in {}, which their head never holds.
            if (!head.ToString().EndsWith("{}", StringComparison.Ordinal)) continue;
            var stream = new Stream(socket, Query(head, "rate"), Query(head, "events"));
            head.Clear();
            socket.Send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"u8);
            lock (_streams) _streams.Add(stream);
        }
    }

    private static int Query(StringBuilder head, string name)
    {
        var text = head.ToString();
        var start = text.IndexOf(name + "=", StringComparison.Ordinal) + name.Length + 1;
        return int.Parse(text[start..text.IndexOfAny(['&', ' '], start)], CultureInfo.InvariantCulture);
    }

    private async Task PaceAsync()
    {
        using var timer = new PeriodicTimer(Turn);
        while (await timer.WaitForNextTickAsync())
        {
            lock (_streams)
            {
                var now = Stopwatch.GetTimestamp();
                _streams.RemoveAll(stream => stream.IsDue(now) && !Send(stream));
            }
        }
    }

    // False when it was the last one.
    private bool Send(Stream stream)
    {
        try
        {
            if (stream.Sent == stream.Events)
            {
                stream.Socket.Send("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"u8);
                return false;
            }
            stream.Socket.Send(_event.AsSpan(0, Write(stream.Sent++)));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private int Write(int number)
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"data: {{\"id\":\"chatcmpl-{number:D8}\",\"system_fingerprint\":\"{Stopwatch.GetTimestamp():D19}\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"gpt-4o-mini\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{tokens[number % tokens.Length]}\"}},\"logprobs\":null,\"finish_reason\":null}}]}}\n\n");
        return Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n", _event);
    }

    private sealed class Stream(Socket socket, int rate, int events)
    {
        // The first of each stream comes at another moment.
        private readonly long _start = Stopwatch.GetTimestamp() + (Random.Shared.NextInt64(Stopwatch.Frequency) / rate);

        public Socket Socket => socket;

        public int Events => events;

        public int Sent { get; set; }

        public bool IsDue(long now) => now >= _start + (Sent * Stopwatch.Frequency / rate);
    }
}
