using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sidecar.Protocols;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Sse;

namespace Sidecar.Demo;

/// <summary>What a reader of the stream measured and saw.</summary>
/// <param name="TimeToFirstToken">From the question to the first token.</param>
/// <param name="Gaps">Between tokens.</param>
/// <param name="OutputTokens">The provider's figure.</param>
/// <param name="Replaced">What stands in brackets in the text: the kinds of what was redacted, in order.</param>
/// <param name="FinishReason">The last one given, or null.</param>
/// <param name="IsComplete">Whether the stream had its end.</param>
internal sealed record DemoFigures(
    TimeSpan TimeToFirstToken, IReadOnlyList<TimeSpan> Gaps, long OutputTokens, IReadOnlyList<string> Replaced, string? FinishReason, bool IsComplete);

/// <summary>An app's side of the demo: asks for one completion and shows its tokens as they come, replacements marked.</summary>
/// <param name="terminal">Where they are shown.</param>
/// <param name="isColored">Whether it understands colours.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoClient(TextWriter terminal, bool isColored, TimeProvider time)
{
    private const int BufferBytes = 16 * 1024;
    private const string Reversed = "\e[7m";
    private const string Plain = "\e[0m";

    private readonly List<TimeSpan> _gaps = [];
    private readonly SseScanner _scanner = new(BufferBytes);
    private readonly List<byte> _rest = [];
    private long _askedAt;
    private long _lastAt;
    private TimeSpan _firstToken;
    private readonly List<string> _replaced = [];
    private readonly StringBuilder _bracket = new();
    private bool _isInBracket;
    private string? _finishReason;
    private long _tokens;
    private bool _isDone;

    /// <summary>Streams one completion of a model.</summary>
    public async Task<DemoFigures> RunAsync(IPEndPoint sidecar, string model)
    {
        var body = $$"""{"model":"{{model}}","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"What is a streaming sidecar?"}]}""";
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(sidecar).ConfigureAwait(false);
        var stream = client.GetStream();
        _askedAt = time.GetTimestamp();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: {sidecar}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}")).ConfigureAwait(false);

        var isWhole = await ReadAsync(stream).ConfigureAwait(false);
        terminal.WriteLine();
        return new DemoFigures(_firstToken, _gaps, _tokens, _replaced, _finishReason, _isDone && isWhole);
    }

    /// <summary>Reads the response; false when it was cut.</summary>
    private async Task<bool> ReadAsync(NetworkStream stream)
    {
        var head = new ResponseHead(BufferBytes, 64);
        var chunks = new ChunkedDecoder(BufferBytes, BufferBytes);
        var buffer = new byte[BufferBytes];
        var length = 0;
        var isHead = true;
        try
        {
            while (!chunks.IsDone && await stream.ReadAsync(buffer.AsMemory(length)).ConfigureAwait(false) is var read and > 0)
            {
                length += read;
                if (isHead && head.Parse(buffer.AsSpan(0, length)) != ParseStatus.Complete) continue;
                var start = isHead ? head.ByteCount : 0;
                isHead = false;
                Take(buffer.AsSpan(start, length - start), ref chunks);
                length = 0;
            }
        }
        catch (IOException)
        {
            // A reset: the stream was cut, and is told to be.
        }
        return chunks.IsDone;
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
            if (choice.TryGetProperty("finish_reason", out var reason) && reason.GetString() is { } given) _finishReason = given;
            if (!choice.GetProperty("delta").TryGetProperty("content", out var content) || content.GetString() is not { Length: > 0 } text) continue;
            var now = time.GetTimestamp();
            if (_lastAt == 0) _firstToken = time.GetElapsedTime(_askedAt, now);
            else _gaps.Add(time.GetElapsedTime(_lastAt, now));
            _lastAt = now;
            Write(text);
        }
    }

    /// <summary>Writes text, brackets and what is in them set off: only replacements have brackets here.</summary>
    private void Write(string text)
    {
        foreach (var c in text)
        {
            if (c == '[')
            {
                _isInBracket = true;
                if (isColored) terminal.Write(Reversed);
            }
            else if (c != ']' && _isInBracket)
            {
                _bracket.Append(c);
            }
            terminal.Write(c);
            if (c != ']') continue;
            _isInBracket = false;
            _replaced.Add(_bracket.ToString());
            _bracket.Clear();
            if (isColored) terminal.Write(Plain);
        }
        terminal.Flush();
    }
}
