using System.Globalization;
using System.Text;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>
/// A scenario's steps in the frames of one dialect:
/// <c>head chunked|length|close [±N]</c> (N: bytes that a length declares too many) · <c>events all|to_content|N</c> · <c>part_of_event N</c> (bytes) ·
/// <c>part_of_chunk N</c> (bytes of a chunk declared whole) · <c>error_event</c> · <c>pings N MSms</c> · <c>drip MSms</c> (the next event, a byte at a time) ·
/// <c>flood NMB</c> (content events) · <c>raw TEXT</c> · <c>delay MSms</c> · <c>moment</c> (waits until the test has done what it does then) ·
/// <c>stall</c> (for good) · <c>end</c> (the last chunk) · <c>close</c> · <c>reset</c>.
/// </summary>
public sealed class ScenarioScript
{
    private readonly List<Step> _steps = [];
    private readonly List<byte> _whole = [];
    private readonly Queue<Frame> _frames;
    private readonly ApiDialect _dialect;
    private readonly string _scenario;
    private Framing? _framing;
    private long _length;
    private int _headAt = -1;
    private int _declaredMore;

    private ScenarioScript(Scenario scenario, ApiDialect dialect)
    {
        (_scenario, _dialect) = (scenario.Name, dialect);
        _frames = new Queue<Frame>(dialect.Stream(Completion.Hello));
        foreach (var step in scenario.Provider) Add(step);
        if (_headAt >= 0) _steps[_headAt] = Head();
    }

    /// <summary>Raised when the provider has come to its moment.</summary>
    public Signal Reached { get; } = new();

    /// <summary>Lets the provider go on.</summary>
    public Signal GoOn { get; } = new();

    /// <summary>What it does.</summary>
    public Script Script => new(_steps);

    /// <summary>The events that it sends whole, up to the first flood and as far as a length declares them: what a client must get unchanged.</summary>
    public byte[] WholeEvents => [.. _whole.Take(_whole.Count + Math.Min(0, _declaredMore))];

    /// <summary>Whether it comes to a response.</summary>
    public bool HasHead => _framing is not null;

    /// <summary>The script of a scenario in a dialect; a step that is not understood is an error.</summary>
    public static ScenarioScript Of(Scenario scenario, ApiDialect dialect) => new(scenario, dialect);

    private void Add(string step)
    {
        var words = step.Split(' ', 2);
        var argument = words.Length == 2 ? words[1] : "";
        switch (words[0])
        {
            case "head": StartHead(argument); break;
            case "events": Events(argument); break;
            case "part_of_event": Send(Next()[..Number(step, argument)]); break;
            case "part_of_chunk": PartOfChunk(Number(step, argument)); break;
            case "error_event": SendWhole(Encoding.UTF8.GetBytes(_dialect.ErrorEvent("as told by the script"))); break;
            case "pings": Pings(step, argument.Split(' ')); break;
            case "drip": Drip(Milliseconds(step, argument)); break;
            case "flood": Flood(Number(step, argument.EndsWith("MB", StringComparison.Ordinal) ? argument[..^2] : "")); break;
            case "raw": _steps.Add(argument); break;
            case "delay": _steps.Add(new Step.After(Milliseconds(step, argument))); break;
            case "moment" when argument.Length == 0: _steps.AddRange([new Step.Tell(Reached), new Step.WaitFor(GoOn)]); break;
            case "stall" when argument.Length == 0: _steps.AddRange([new Step.Tell(Reached), new Step.WaitFor(new Signal())]); break;
            case "end" when argument.Length == 0: _steps.Add("0\r\n\r\n"); break;
            case "close" when argument.Length == 0: _steps.Add(new Step.Close()); break;
            case "reset" when argument.Length == 0: _steps.Add(new Step.Reset()); break;
            default: throw Unknown(step);
        }
    }

    private void StartHead(string argument)
    {
        var words = argument.Split(' ');
        _framing = words[0] switch
        {
            "chunked" => Framing.Chunked,
            "length" => Framing.Length,
            "close" => Framing.Close,
            _ => throw Unknown($"head {argument}"),
        };
        if (words.Length == 2) _declaredMore = int.Parse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        _headAt = _steps.Count;
        _steps.Add("");
    }

    /// <summary>Only known when all steps are: a length counts them.</summary>
    private Step Head() => $"HTTP/1.1 200 Scripted\r\ncontent-type: {_dialect.StreamType}\r\n" + _framing switch
    {
        Framing.Chunked => "transfer-encoding: chunked\r\n\r\n",
        Framing.Length => string.Create(CultureInfo.InvariantCulture, $"content-length: {_length + _declaredMore}\r\n\r\n"),
        _ => "connection: close\r\n\r\n",
    };

    private void Events(string argument)
    {
        var count = argument switch
        {
            "all" => _frames.Count,
            "to_content" => _frames.ToList().FindIndex(frame => frame.Content) + 1,
            _ => Number($"events {argument}", argument),
        };
        for (var i = 0; i < count; i++) SendWhole(Next());
    }

    private byte[] Next() => Encoding.UTF8.GetBytes(_frames.Dequeue().Wire);

    private void SendWhole(byte[] bytes)
    {
        _whole.AddRange(bytes);
        Send(bytes);
    }

    private void Send(byte[] bytes)
    {
        _length += bytes.Length;
        _steps.Add(_framing == Framing.Chunked ? Script.Chunk(bytes) : bytes);
    }

    private void PartOfChunk(int count)
    {
        var chunk = (Step.Send)Script.Chunk(Next());
        var data = chunk.Bytes.Span.IndexOf((byte)'\n') + 1;
        _steps.Add(new Step.Send(chunk.Bytes[..(data + count)]));
    }

    private void Pings(string step, string[] arguments)
    {
        if (arguments.Length != 2) throw Unknown(step);
        for (var i = 0; i < Number(step, arguments[0]); i++)
        {
            _steps.Add(new Step.After(Milliseconds(step, arguments[1])));
            Send(Encoding.UTF8.GetBytes(_dialect.Ping));
        }
    }

    private void Drip(TimeSpan gap)
    {
        foreach (var value in Next())
        {
            _steps.Add(new Step.After(gap));
            SendWhole([value]);
        }
    }

    private void Flood(int megabytes)
    {
        var content = Encoding.UTF8.GetBytes(_dialect.Stream(new Completion { Text = [new string('x', 4096)] }).First(frame => frame.Content).Wire);
        var many = (byte[])[.. Enumerable.Repeat(content, 1 + 1024 * 1024 / content.Length).SelectMany(bytes => bytes)];
        Send(many);
        _length += (megabytes - 1L) * many.Length;
        _steps.AddRange(Enumerable.Repeat(_steps[^1], megabytes - 1));
    }

    private int Number(string step, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unknown(step);

    private TimeSpan Milliseconds(string step, string text) =>
        TimeSpan.FromMilliseconds(Number(step, text.EndsWith("ms", StringComparison.Ordinal) ? text[..^2] : ""));

    private BadScenarioException Unknown(string step) => new($"{_scenario}: no such step: {step}");
}
