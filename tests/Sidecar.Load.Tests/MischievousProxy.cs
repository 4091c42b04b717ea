using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecar.Load.Clients;

namespace Sidecar.Load.Tests;

/// <summary>A proxy that takes a stream apart into its events and does something to them. One thread for each connection.</summary>
internal sealed class MischievousProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _provider;
    private readonly Func<Mischief> _mischief;
    private readonly byte[] _eventEnd;

    public MischievousProxy(int provider, byte[] eventEnd, Func<Mischief> mischief)
    {
        (_provider, _eventEnd, _mischief) = (provider, eventEnd, mischief);
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptSocket();
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket client)
    {
        using var upstream = StreamClient.Connect(_provider);
        client.NoDelay = true;
        try
        {
            var buffer = new byte[64 * 1024];
            upstream.Send(buffer.AsSpan(0, client.Receive(buffer)));
            client.Send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"u8);
            Relay(upstream, client, buffer);
        }
        catch (SocketException)
        {
            // Either side has left.
        }
        client.Dispose();
    }

    private void Relay(Socket upstream, Socket client, byte[] buffer)
    {
        var (response, mischief, rest, number) = (new ResponseReader(), _mischief(), new List<byte>(), 0);
        while (!response.IsDone)
        {
            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, upstream.Receive(buffer));
            while (response.Next(ref bytes) is { IsEmpty: false } piece) rest.AddRange(piece);
            while (rest.ToArray().AsSpan().IndexOf(_eventEnd) is var at and >= 0)
            {
                var one = rest.GetRange(0, at + _eventEnd.Length).ToArray();
                rest.RemoveRange(0, one.Length);
                if (mischief.CutsBefore(number)) return;
                foreach (var sent in mischief.On(number, one)) Send(client, sent, mischief.ChunkBytes);
                number++;
            }
        }
        client.Send("0\r\n\r\n"u8);
    }

    private static void Send(Socket client, byte[] bytes, int chunkBytes)
    {
        foreach (var chunk in bytes.Chunk(chunkBytes > 0 ? chunkBytes : bytes.Length))
            client.Send([.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]);
    }
}
