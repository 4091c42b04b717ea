using System.Globalization;
using Sidecar.Load.Clients;
using Sidecar.Load.Wire;

namespace Sidecar.Load;

/// <summary>Pairs of <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private readonly List<(string Name, string Value)> _pairs = [];

    /// <exception cref="ArgumentException">A name without a value, or a value without a name.</exception>
    public Arguments(ReadOnlySpan<string> words)
    {
        if (words.Length % 2 != 0) throw new ArgumentException("each --name needs a value");
        for (var i = 0; i < words.Length; i += 2)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal)) throw new ArgumentException($"{words[i]} is not a --name");
            _pairs.Add((words[i][2..], words[i + 1]));
        }
    }

    /// <summary>The last value of a name.</summary>
    public string? Text(string name) => _pairs.FindLast(pair => pair.Name == name).Value;

    /// <summary>The last value of a name, as a number.</summary>
    public double Number(string name, double otherwise) => Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A load.</summary>
    public LoadPlan Load()
    {
        var usual = new LoadPlan { Port = 0 };
        int Whole(string name, int otherwise) => (int)Number(name, otherwise);
        return new()
        {
            Port = Whole("port", 0),
            Streams = Whole("streams", usual.Streams),
            Rate = Whole("rate", usual.Rate),
            Spread = TimeSpan.FromMilliseconds(Number("spread", usual.Spread.TotalMilliseconds)),
            Seconds = Number("seconds", usual.Seconds),
            Events = Whole("events", usual.Events),
            Burst = Whole("burst", usual.Burst),
            First = Whole("first", usual.First),
            Bytes = Whole("bytes", usual.Bytes),
            Tokens = Text("tokens") ?? usual.Tokens,
            Dialect = StreamDialect.Named(Text("dialect") ?? usual.Dialect.Name),
            Slow = Whole("slow", usual.Slow),
            SlowRate = Whole("slow-rate", usual.SlowRate),
            SlowBytes = Whole("slow-bytes", usual.SlowBytes),
            Aborts = Whole("aborts", usual.Aborts),
            Headers = [.. _pairs.Where(pair => pair.Name == "header").Select(pair => pair.Value)],
            Proxy = Whole("proxy", usual.Proxy),
            Provider = Whole("provider", usual.Provider),
        };
    }
}
