using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sidecar.Protocols;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Sse;

namespace Sidecar.Demo;

/// <summary>What a reader of the stream measured.</summary>
internal sealed record DemoFigures(TimeSpan TimeToFirstToken, IReadOnlyList<TimeSpan> Gaps, long OutputTokens, bool IsComplete);

/// <summary>An app's side of the demo: asks for one completion and shows its tokens as they come.</summary>
internal sealed class DemoClient(TextWriter terminal, TimeProvider time)
{
    private const int BufferBytes = 16 * 1024;
    private const string Body = """{"model":"demo","stream":true,"messages":[{"role":"user","content":"What is a streaming sidecar?"}]}""";

    private readonly List<TimeSpan> _gaps = [];
    private readonly SseScanner _scanner = new(BufferBytes);
    private readonly List<byte> _rest = [];
    private long _askedAt;
    private long _lastAt;
    private TimeSpan _firstToken;
    private long _tokens;
    private bool _isDone;

    /// <summary>Streams one completion.</summary>
    public async Task<DemoFigures> RunAsync(IPEndPoint sidecar)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(sidecar).ConfigureAwait(false);
        var stream = client.GetStream();
        _askedAt = time.GetTimestamp();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: {sidecar}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}")).ConfigureAwait(false);

        var head = new ResponseHead(BufferBytes, 64);
        var chunks = new ChunkedDecoder(BufferBytes, BufferBytes);
        var buffer = new byte[BufferBytes];
        var length = 0;
        var isHead = true;
        while (!chunks.IsDone && await stream.ReadAsync(buffer.AsMemory(length)).ConfigureAwait(false) is var read and > 0)
        {
            length += read;
            if (isHead && head.Parse(buffer.AsSpan(0, length)) != ParseStatus.Complete) continue;
            var start = isHead ? head.ByteCount : 0;
            isHead = false;
            Take(buffer.AsSpan(start, length - start), ref chunks);
            length = 0;
        }
        terminal.WriteLine();
        return new DemoFigures(_firstToken, _gaps, _tokens, _isDone && chunks.IsDone);
    }

    private void Take(ReadOnlySpan<byte> input, ref ChunkedDecoder chunks)
    {
        while (!input.IsEmpty && !chunks.IsDone)
        {
            if (chunks.Decode(input, out var consumed, out var data) == ChunkedStep.Failed) return;
            _rest.AddRange(data.Of(input));
            input = input[consumed..];
        }
        var bytes = _rest.ToArray().AsSpan();
        while (_scanner.Next(bytes, out var frame) == ScanStatus.Frame)
        {
            if (frame.Kind == FrameKind.Event) Show(frame.Data.Of(bytes));
            bytes = bytes[frame.Length..];
        }
        _rest.Clear();
        _rest.AddRange(bytes);
    }

    private void Show(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith("[DONE]"u8))
        {
            _isDone = true;
            return;
        }
        using var json = JsonDocument.Parse(data.ToArray());
        if (json.RootElement.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            _tokens = usage.GetProperty("completion_tokens").GetInt64();
        }
        foreach (var choice in json.RootElement.GetProperty("choices").EnumerateArray())
        {
            if (!choice.GetProperty("delta").TryGetProperty("content", out var content) || content.GetString() is not { Length: > 0 } text) continue;
            var now = time.GetTimestamp();
            if (_lastAt == 0) _firstToken = time.GetElapsedTime(_askedAt, now);
            else _gaps.Add(time.GetElapsedTime(_lastAt, now));
            _lastAt = now;
            terminal.Write(text);
            terminal.Flush();
        }
    }
}
