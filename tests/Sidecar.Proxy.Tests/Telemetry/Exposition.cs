using System.Globalization;
using System.Text;

namespace Sidecar.Proxy.Tests.Telemetry;

internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value, string? Exemplar);

internal sealed record Family(string Name, string Type, string Help, List<Sample> Samples);

/// <summary>
/// A strict reader of both formats that <c>/metrics</c> speaks, written from their specifications and not from the library that writes
/// them. Throws <see cref="FormatException"/> on whatever a scraper would refuse.
/// </summary>
internal sealed class Exposition
{
    private readonly Dictionary<string, Family> _families = [];
    private readonly bool _openMetrics;
    private Family? _current;

    private Exposition(bool openMetrics) => _openMetrics = openMetrics;

    public IReadOnlyDictionary<string, Family> Families => _families;

    public static Exposition Parse(string text, bool openMetrics)
    {
        var exposition = new Exposition(openMetrics);
        Require(text.EndsWith('\n'), "The last line has no end.");
        var lines = text[..^1].Split('\n');
        if (openMetrics) Require(lines[^1] == "# EOF", "No # EOF at the end.");
        foreach (var line in openMetrics ? lines[..^1] : lines) exposition.Read(line);
        foreach (var family in exposition._families.Values) exposition.Check(family);
        return exposition;
    }

    /// <summary>The one sample with these labels (others are ignored), or null.</summary>
    public Sample? Find(string sample, params (string Name, string Value)[] labels) =>
        _families.Values.SelectMany(family => family.Samples).SingleOrDefault(s => s.Name == sample
            && labels.All(label => s.Labels.TryGetValue(label.Name, out var value) && value == label.Value));

    /// <summary>Its value, or 0 when it does not show.</summary>
    public double Value(string sample, params (string Name, string Value)[] labels) => Find(sample, labels)?.Value ?? 0;

    /// <summary>The sum over all samples with these labels.</summary>
    public double Sum(string sample, params (string Name, string Value)[] labels) =>
        _families.Values.SelectMany(family => family.Samples).Where(s => s.Name == sample
            && labels.All(label => s.Labels.TryGetValue(label.Name, out var value) && value == label.Value)).Sum(s => s.Value);

    private void Read(string line)
    {
        if (line.StartsWith("# HELP ", StringComparison.Ordinal))
        {
            var (name, help) = Cut(line["# HELP ".Length..]);
            Require(help.Length > 0, $"{name} has no help.");
            _current = new Family(name, "", help, []);
            Require(_families.TryAdd(name, _current), $"{name} appears twice.");
        }
        else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
        {
            var (name, type) = Cut(line["# TYPE ".Length..]);
            Require(name == _current?.Name && _current.Type == "", $"A stray type of {name}.");
            Require(type is "counter" or "gauge" or "histogram", $"{name} is of type {type}.");
            _families[name] = _current = _current! with { Type = type };
        }
        else
        {
            Require(!line.StartsWith('#') && _current is not null, $"A stray line: {line}");
            _current!.Samples.Add(ReadSample(line));
        }
    }

    private Sample ReadSample(string line)
    {
        var at = line.IndexOfAny(['{', ' ']);
        Require(at > 0, $"No sample: {line}");
        var name = line[..at];
        var labels = new Dictionary<string, string>();
        if (line[at] == '{') at = ReadLabels(line, at, labels);
        Require(line[at] == ' ', $"No space before the value: {line}");
        var rest = line[(at + 1)..];
        string? exemplar = null;
        if (_openMetrics && rest.IndexOf(" # ", StringComparison.Ordinal) is > 0 and var hash)
        {
            exemplar = rest[(hash + 3)..];
            rest = rest[..hash];
        }
        return new Sample(name, labels, Number(rest), exemplar);
    }

    private static int ReadLabels(string line, int at, Dictionary<string, string> labels)
    {
        while (line[at] != '}')
        {
            var equals = line.IndexOf('=', at);
            var name = line[(at + 1)..equals];
            Require(name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'), $"A label named {name}.");
            Require(line[equals + 1] == '"', $"An unquoted label: {line}");
            var value = new StringBuilder();
            for (at = equals + 2; line[at] != '"'; at++)
            {
                if (line[at] == '\\') at++;
                value.Append(line[at - 1] == '\\' && line[at] == 'n' ? '\n' : line[at]);
            }
            Require(labels.TryAdd(name, value.ToString()), $"Label {name} twice.");
            at++;
            Require(line[at] is ',' or '}', $"Junk after a label: {line}");
        }
        return at + 1;
    }

    private void Check(Family family)
    {
        Require(family.Type != "", $"{family.Name} has no type.");
        var seen = new HashSet<string>();
        foreach (var sample in family.Samples)
        {
            Require(seen.Add(sample.Name + string.Join(',', sample.Labels.OrderBy(l => l.Key))), $"{sample.Name} twice with the same labels.");
            var suffix = sample.Name[family.Name.Length..];
            Require(sample.Name.StartsWith(family.Name, StringComparison.Ordinal) && suffix == (family.Type, _openMetrics) switch
            {
                ("counter", true) => "_total",
                ("histogram", _) when suffix is "_sum" or "_count" or "_bucket" => suffix,
                _ => "",
            }, $"{sample.Name} does not belong to {family.Name}.");
            if (family.Type != "gauge") Require(sample.Value >= 0, $"{sample.Name} is negative.");
        }
        if (!_openMetrics && family.Type == "counter") Require(family.Name.EndsWith("_total", StringComparison.Ordinal), family.Name);
        if (family.Type == "histogram") CheckBuckets(family);
    }

    private static void CheckBuckets(Family family)
    {
        static string Key(Sample sample) => string.Join(',', sample.Labels.Where(l => l.Key != "le").OrderBy(l => l.Key));
        foreach (var series in family.Samples.GroupBy(Key))
        {
            var buckets = series.Where(s => s.Name.EndsWith("_bucket", StringComparison.Ordinal)).ToList();
            Require(buckets.Count > 1 && buckets[^1].Labels["le"] == "+Inf", $"{family.Name} has no +Inf bucket.");
            for (var i = 1; i < buckets.Count; i++)
            {
                Require(Number(buckets[i].Labels["le"]) > Number(buckets[i - 1].Labels["le"]), $"{family.Name}: bounds do not rise.");
                Require(buckets[i].Value >= buckets[i - 1].Value, $"{family.Name}: buckets fall.");
            }
            Require(series.Single(s => s.Name == family.Name + "_count").Value == buckets[^1].Value, $"{family.Name}: count is not +Inf.");
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static (string First, string Remainder) Cut(string text)
    {
        var space = text.IndexOf(' ');
        return space < 0 ? (text, "") : (text[..space], text[(space + 1)..]);
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new FormatException(otherwise);
    }
}
