using System.Buffers;
using System.Text;
using System.Text.Unicode;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sidecar.Proxy.Configuration.Yaml;

/// <summary>
/// YAML text to a tree of nodes, from the parser's events. Nesting and the number of values are bounded, aliases counted as often as they
/// are used, so that no document grows when it is followed.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 100_000;

    private readonly Place _source;
    private readonly ICollection<ConfigurationError> _errors;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, Node> _anchors = [];
    private int _nodes;

    private YamlReader(string text, Place source, ICollection<ConfigurationError> errors)
    {
        _source = source;
        _errors = errors;
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
    }

    /// <summary>Reads a file's bytes; null after an error that leaves no document.</summary>
    public static Node? ReadFile(ReadOnlySpan<byte> bytes, string file, ICollection<ConfigurationError> errors)
    {
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        var buffer = new char[bytes.Length];
        var status = Utf8.ToUtf16(bytes, buffer, out _, out var written, replaceInvalidSequences: false);
        var text = new string(buffer, 0, written);
        // The parser takes a NUL for the end and would silently drop the rest.
        var control = text.AsSpan().IndexOfAny(Controls);
        if (control < 0 && status == OperationStatus.Done)
            return ReadText(text, new Place(file, 1, 1), errors);
        var where = text.AsSpan(0, control < 0 ? text.Length : control);
        var line = where.Count('\n') + 1;
        var column = where.Length - where.LastIndexOf('\n');
        errors.Add(new(new Place(file, line, column), control < 0 ? "not UTF-8" : $"control character U+{(int)text[control]:X4}"));
        return null;
    }

    /// <summary>Reads a text. Where <paramref name="source"/> has no lines every node gets it as its place.</summary>
    public static Node? ReadText(string text, Place source, ICollection<ConfigurationError> errors) =>
        new YamlReader(text, source, errors).Document();

    // YAML 1.2 §5.1, c-printable.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Concat([0x7F]).Select(code => (char)code).Except(['\t', '\n', '\r'])]);

    private Node? Document()
    {
        if (!Next() || !Next())
            return null;
        if (_parser.Current is StreamEnd)
            return new ScalarNode("", At(_parser.Current.Start));
        if (!Next())
            return null;
        var root = Value(0);
        if (root is null || !Next() || !Next())
            return null;
        if (_parser.Current is StreamEnd)
            return root;
        return Fail(_parser.Current!.Start, "more than one document");
    }

    /// <summary>The node that begins with the current event; ends on its last event.</summary>
    private Node? Value(int depth)
    {
        if (depth > MaxDepth)
            return Fail(_parser.Current!.Start, $"nested deeper than {MaxDepth} levels");
        if (++_nodes > MaxNodes)
            return Fail(_parser.Current!.Start, $"more than {MaxNodes} values");
        if (_parser.Current is AnchorAlias alias)
            return Aliased(alias, depth);
        // Of `? :` the parser makes an end where a value should be.
        if (_parser.Current is not NodeEvent start)
            return Fail(_parser.Current!.Start, "a value is missing");
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific)
            Report(At(start.Start), "tags are not supported");
        Node? node = start switch
        {
            Scalar scalar => new ScalarNode(scalar.Value, At(scalar.Start), scalar.Style == ScalarStyle.Plain, Lead(scalar)),
            SequenceStart => List(start, depth),
            _ => Map(start, depth),
        };
        if (node is not null && !start.Anchor.IsEmpty)
            _anchors[start.Anchor] = node;
        return node;
    }

    private Node? Aliased(AnchorAlias alias, int depth)
    {
        // An anchor is known once its node is complete: a node cannot hold itself.
        if (!_anchors.TryGetValue(alias.Value, out var node))
            return Fail(alias.Start, "unknown alias");
        _nodes += node.Weight;
        if (_nodes > MaxNodes)
            return Fail(alias.Start, $"more than {MaxNodes} values");
        return depth + node.Height > MaxDepth ? Fail(alias.Start, $"nested deeper than {MaxDepth} levels") : node;
    }

    private ListNode? List(NodeEvent start, int depth)
    {
        var items = new List<Node>();
        while (Next())
        {
            if (_parser.Current is SequenceEnd)
                return new ListNode(items, At(start.Start));
            if (Value(depth + 1) is not { } item)
                return null;
            items.Add(item);
        }
        return null;
    }

    private MapNode? Map(NodeEvent start, int depth)
    {
        var members = new List<Member>();
        var places = new Dictionary<string, Place>();
        while (Next())
        {
            if (_parser.Current is MappingEnd)
                return new MapNode(members, At(start.Start));
            var place = At(_parser.Current!.Start);
            if (Value(depth + 1) is not { } key || !Next() || Value(depth + 1) is not { } value)
                return null;
            if (key is not ScalarNode { Text: var name })
                Report(place, "a key must be a text");
            else if (name == "<<")
                Report(place, "merge keys (`<<`) are not supported");
            else if (places.TryAdd(name, place))
                members.Add(new Member(name, place, value));
            else
                Report(place, $"duplicate key `{Shown.Text(name)}`, first given in line {places[name].Line}");
        }
        return null;
    }

    private bool Next()
    {
        try
        {
            if (_parser.MoveNext())
                return true;
            Report(At(_scanner.CurrentPosition), "the document ends too early");
        }
        catch (YamlException error)
        {
            // A tab in the indentation is marked at what stands before it.
            var mark = error.Message.Contains(" tab ", StringComparison.Ordinal) ? _scanner.CurrentPosition : error.Start;
            Report(At(mark), Shown.Text(error.Message));
        }
        // The scanner throws these too when the text is wrong, such as for `!<>` or a document after `...`.
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            Report(At(_scanner.CurrentPosition), "not valid YAML");
        }
        return false;
    }

    private Node? Fail(Mark mark, string message)
    {
        Report(At(mark), message);
        return null;
    }

    private void Report(Place place, string message) => _errors.Add(new ConfigurationError(place, message));

    // Escapes, and lines folded into one, make the written longer than the text.
    private int Lead(Scalar scalar)
    {
        var quote = scalar.Style == ScalarStyle.Plain ? 0 : 1;
        var isVerbatim = scalar.Start.Line == scalar.End.Line && scalar.End.Column - scalar.Start.Column == scalar.Value.Length + 2 * quote;
        return isVerbatim && _source.Line != 0 ? quote : -1;
    }

    private Place At(Mark mark) =>
        _source.Line == 0 ? _source : new Place(_source.Source, int.Max(1, (int)mark.Line), int.Max(1, (int)mark.Column));
}
