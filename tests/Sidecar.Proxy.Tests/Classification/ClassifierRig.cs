using System.Text;
using System.Text.Json;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Telemetry;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Tests.Upstream;

namespace Sidecar.Proxy.Tests.Classification;

/// <summary>A request that the classifier got.</summary>
internal sealed record Question(MemoryConnection Connection, string Head, string Body)
{
    /// <summary>The text that it is asked about.</summary>
    public string Input => JsonDocument.Parse(Body).RootElement.GetProperty("input").GetString()!;

    /// <summary>Answers with a verdict.</summary>
    public void Answer(bool isFlagged) => Connection.Send(ClassifierRig.Verdict(isFlagged));
}

/// <summary>A classifier over memory that the test plays.</summary>
internal sealed class ClassifierRig : IDisposable
{
    public ClassifierRig(ClassifierGate gate = ClassifierGate.Sync, bool failOpen = false, int maxConnections = 4, string? model = null)
    {
        const string Url = "http://classifier.test:8080/v1/moderations?tier=2";
        Upstream = new UpstreamRig(maxConnections, Url);
        Classifier = new Classifier(new ClassifierOptions { Url = new Uri(Url), Gate = gate, FailOpen = failOpen, Model = model }, Upstream.Pool, Time,
            (verdict, elapsed) => Observed.Add((verdict, elapsed)));
    }

    public UpstreamRig Upstream { get; }

    public ManualTime Time => Upstream.Time;

    public Classifier Classifier { get; }

    public List<(ClassifierVerdict Verdict, TimeSpan Elapsed)> Observed { get; } = [];

    /// <summary>Every connection ever made, in order.</summary>
    public List<MemoryConnection> Connections => Upstream.Connections;

    public static string Response(string body, string status = "200 OK", string fields = "") =>
        $"HTTP/1.1 {status}\r\n{fields}Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{body}";

    public static string Verdict(bool isFlagged) =>
        Response($$$"""{"id":"m-1","model":"m","results":[{"flagged":{{{(isFlagged ? "true" : "false")}}},"categories":{"hate":false}}]}""");

    public Task<ClassifierVerdict> Ask(string text = "text", CancellationToken cancel = default) => Classifier.AskAsync(Encoding.UTF8.GetBytes(text), cancel);

    /// <summary>The questions that came since it was last asked.</summary>
    public List<Question> Questions()
    {
        var questions = new List<Question>();
        foreach (var connection in Connections)
        {
            if (connection.IsAborted || connection.TakeBytes() is not { Length: > 0 } bytes) continue;
            var request = Encoding.UTF8.GetString(bytes);
            var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            questions.Add(new Question(connection, request[..end], request[end..]));
        }
        return questions;
    }

    public void Dispose()
    {
        Classifier.Dispose();
        Upstream.Dispose();
    }
}
