using System.Text;
using BenchmarkDotNet.Attributes;
using Sidecar.Protocols.Http1;

namespace Sidecar.Microbenchmarks;

/// <summary>A request's and a response's head, parsed and checked; beside them what splits their lines into strings and checks nothing.</summary>
public class HeadBenchmark
{
    private readonly RequestHead _request = new(64 * 1024, 100);
    private readonly ResponseHead _response = new(64 * 1024, 100);

    /// <summary>A request's.</summary>
    [Benchmark]
    public ParseStatus Request()
    {
        _request.Reset();
        return _request.Parse(Messages.Request);
    }

    /// <summary>A response's.</summary>
    [Benchmark]
    public ParseStatus Response()
    {
        _response.Reset();
        return _response.Parse(Messages.Response);
    }

    /// <summary>A request's, into a dictionary of strings.</summary>
    [Benchmark, AlternativeTo(nameof(Request), "it checks nothing")]
    public int RequestAsStrings() => Split(Messages.Request).Count;

    /// <summary>A response's, into a dictionary of strings.</summary>
    [Benchmark, AlternativeTo(nameof(Response), "it checks nothing")]
    public int ResponseAsStrings() => Split(Messages.Response).Count;

    private static Dictionary<string, string> Split(byte[] head)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Encoding.ASCII.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            fields[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return fields;
    }
}
