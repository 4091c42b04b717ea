using System.Text;

namespace Sidecar.Microbenchmarks;

/// <summary>Heads and events as SDKs and providers write them.</summary>
internal static class Messages
{
    /// <summary>Bytes of an event.</summary>
    public const int EventBytes = 250;

    /// <summary>Events of a body.</summary>
    public const int Events = 256;

    /// <summary>A request's head of an SDK.</summary>
    public static byte[] Request { get; } = Encoding.ASCII.GetBytes(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\nAccept: application/json\r\n" +
        "Content-Type: application/json\r\nUser-Agent: OpenAI/Python 2.8.1\r\nX-Stainless-Lang: python\r\nX-Stainless-Package-Version: 2.8.1\r\nX-Stainless-OS: Linux\r\n" +
        "X-Stainless-Arch: x64\r\nX-Stainless-Runtime: CPython\r\nX-Stainless-Runtime-Version: 3.12.3\r\nAuthorization: Bearer sk-0123456789abcdefghijklmnopqrstuvwxyz\r\n" +
        "X-Stainless-Async: false\r\nx-stainless-retry-count: 0\r\nx-stainless-read-timeout: 600\r\nContent-Length: 123\r\n\r\n");

    /// <summary>A response's head of a provider.</summary>
    public static byte[] Response { get; } = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n" +
        "access-control-expose-headers: X-Request-ID\r\nopenai-organization: user-0123456789\r\nopenai-processing-ms: 181\r\nopenai-version: 2020-10-01\r\n" +
        "x-ratelimit-limit-requests: 10000\r\nx-ratelimit-limit-tokens: 200000\r\nx-ratelimit-remaining-requests: 9999\r\nx-ratelimit-remaining-tokens: 199991\r\n" +
        "x-request-id: req_0123456789abcdef0123456789abcdef\r\nstrict-transport-security: max-age=31536000; includeSubDomains; preload\r\nServer: cloudflare\r\n\r\n");

    /// <summary>An event of OpenAI's chat completions.</summary>
    public static byte[] ChatEvent { get; } = Event("data: {\"id\":\"chatcmpl-", "\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"stream \"},\"logprobs\":null,\"finish_reason\":null}]}\n\n");

    /// <summary>An event of Anthropic's messages.</summary>
    public static byte[] MessagesEvent { get; } = Event("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"p\":\"", "\",\"delta\":{\"type\":\"text_delta\",\"text\":\"stream \"}}\n\n");

    /// <summary>A record of Ollama's chat.</summary>
    public static byte[] OllamaRecord { get; } = Event("{\"model\":\"llama3.2\",\"created_at\":\"2026-11-24T12:00:00.000000Z\",\"p\":\"", "\",\"message\":{\"role\":\"assistant\",\"content\":\"stream \"},\"done\":false}\n");

    /// <summary>Its data: without what frames it.</summary>
    public static ReadOnlySpan<byte> Data(byte[] bytes) => bytes.AsSpan(bytes.AsSpan().IndexOf((byte)'{')).TrimEnd((byte)'\n');

    /// <summary>The same event again and again, as a body.</summary>
    public static byte[] Body(byte[] one) => [.. Enumerable.Repeat(one, Events).SelectMany(bytes => bytes)];

    /// <summary>The same in the chunked coding, a chunk for each.</summary>
    public static byte[] Chunked(byte[] one) => [.. Body([.. Encoding.ASCII.GetBytes($"{one.Length:x}\r\n"), .. one, .. "\r\n"u8]), .. "0\r\n\r\n"u8];

    private static byte[] Event(string before, string behind) => Encoding.ASCII.GetBytes(before + new string('x', EventBytes - before.Length - behind.Length) + behind);
}
