using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Microbenchmarks;

/// <summary>A client's parsed head written as its provider is to see it; beside it the framework's request message with the same fields.</summary>
public class HeaderRewriteBenchmark
{
    private readonly RequestHead _head = new(64 * 1024, 100);
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly UpstreamTarget _target = new(new UpstreamOptions
    {
        Name = "openai",
        Url = new Uri("https://api.openai.com"),
        Credential = new CredentialOptions("authorization", "Bearer sk-0123456789abcdefghijklmnopqrstuvwxyz"),
    });
    private (string Name, string Value)[] _fields = [];

    /// <summary>Parses it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _head.Parse(Messages.Request);
        _fields = [.. Encoding.ASCII.GetString(Messages.Request).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(": ")).Select(pair => (pair[0], pair[1]))];
    }

    /// <summary>The target.</summary>
    [Benchmark(Baseline = true)]
    public int Rewrite()
    {
        _output.ResetWrittenCount();
        _target.WriteHead(_output, _head, Messages.Request, default, 123, "0123456789abcdef"u8, readsEvents: true);
        return _output.WrittenCount;
    }

    /// <summary><see cref="HttpRequestMessage"/>, not yet written.</summary>
    [Benchmark, AlternativeTo(nameof(Rewrite), "nothing is written yet")]
    public HttpRequestMessage RequestMessage()
    {
        var message = new HttpRequestMessage(HttpMethod.Post, "https://api.openai.com/v1/chat/completions");
        foreach (var (name, value) in _fields) message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }
}
