using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>
/// One forward pass over JSON that a peer wrote: no allocation, no strings, bounded nesting. Throws
/// <see cref="JsonException"/> on bad JSON, and nothing else: of a value of an unexpected kind only the strings are kept, and it is
/// remembered in <see cref="Mismatch"/>. Every method that names a value leaves the cursor behind it.
/// </summary>
internal ref struct JsonCursor
{
    /// <summary>Room for an unescaped name: longer than any that a dialect knows.</summary>
    public const int ScratchLength = 64;

    /// <summary>Up to this depth the JSON reader's stack is one machine word.</summary>
    public const int EventDepth = 64;

    private const int MaxIndex = ushort.MaxValue;
    private const long MaxCount = 1L << 40;

    private readonly ReadOnlySpan<byte> _data;
    private readonly Span<byte> _scratch;
    private readonly EventMeaning? _meaning;
    private Utf8JsonReader _json;

    /// <summary>Stands before the document.</summary>
    /// <param name="data">The document.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> bytes.</param>
    /// <param name="meaning">Receives the texts; null when none are asked for.</param>
    /// <param name="maxDepth">Nesting past which the document is bad JSON.</param>
    public JsonCursor(ReadOnlySpan<byte> data, Span<byte> scratch, EventMeaning? meaning, int maxDepth = EventDepth)
    {
        _meaning = meaning;
        _data = data;
        _scratch = scratch;
        _json = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = maxDepth });
    }

    /// <summary>Whether a value was of another kind than the dialect promises.</summary>
    public bool Mismatch { get; private set; }

    /// <summary>Whether the value here comes whole: no other event continues a string in it.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Where the value here starts, its quotes or brackets included.</summary>
    public readonly int Start => (int)_json.TokenStartIndex;

    /// <summary>Where the value ends that the cursor has passed.</summary>
    public readonly int End => (int)_json.BytesConsumed;

    /// <summary>Whether the value here is a string.</summary>
    public readonly bool IsString => _json.TokenType == JsonTokenType.String;

    /// <summary>Whether the value here is an array.</summary>
    public readonly bool IsArray => _json.TokenType == JsonTokenType.StartArray;

    /// <summary>Whether the value here is an object.</summary>
    public readonly bool IsObject => _json.TokenType == JsonTokenType.StartObject;

    /// <summary>Whether the value here is null.</summary>
    public readonly bool IsNull => _json.TokenType == JsonTokenType.Null;

    /// <summary>Whether the value here is true or false.</summary>
    public readonly bool IsBool => _json.TokenType is JsonTokenType.True or JsonTokenType.False;

    /// <summary>Moves onto the document's value.</summary>
    public void Open() => _json.Read();

    /// <summary>Makes sure that nothing follows the document's value.</summary>
    public void Close() => _json.Read();

    /// <summary>Enters the object here. False for null, and for any other kind, which is a mismatch.</summary>
    public bool EnterObject() => Enter(JsonTokenType.StartObject);

    /// <summary>Enters the array here. False for null, and for any other kind, which is a mismatch.</summary>
    public bool EnterArray() => Enter(JsonTokenType.StartArray);

    private bool Enter(JsonTokenType start)
    {
        if (_json.TokenType == start) return true;
        if (!IsNull) Refuse();
        return false;
    }

    /// <summary>Moves onto the value of the entered object's next property; false at the object's end.</summary>
    /// <param name="name">Its name, escapes resolved; valid until the next move.</param>
    public bool NextProperty(out ReadOnlySpan<byte> name)
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.PropertyName)
        {
            name = default;
            return false;
        }
        name = Unescaped();
        _json.Read();
        return true;
    }

    /// <summary>Moves onto the entered array's next element; false at the array's end.</summary>
    public bool NextElement()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Passes the value by.</summary>
    public void Skip() => _json.Skip();

    /// <summary>Passes a value by that is not of the kind the dialect promises. A client may show its strings all the same: they are texts.</summary>
    public void Refuse()
    {
        Mismatch = true;
        Strings(MemberKind.Unknown);
    }

    /// <summary>Passes a member by that has no place in the dialect: its strings are texts unless their names are known as metadata.</summary>
    /// <param name="name">The member's name; empty for an element of an array.</param>
    public void Other(ReadOnlySpan<byte> name)
    {
        if (IsString || IsObject || IsArray) Strings(MemberNames.KindOf(name));
    }

    /// <summary>A short string, escapes resolved; empty for null. Valid until the next move.</summary>
    public ReadOnlySpan<byte> Keyword()
    {
        if (IsString) return Unescaped();
        if (!IsNull) Refuse();
        return default;
    }

    /// <summary>Where a string's text stands, inside its quotes; empty for null.</summary>
    public (int Start, int Length) StringRange()
    {
        if (IsString) return TextHere();
        if (!IsNull) Refuse();
        return default;
    }

    /// <summary>Where a string's text or a number stands; empty for any other value.</summary>
    public (int Start, int Length) ScalarRange()
    {
        if (IsString) return TextHere();
        if (_json.TokenType == JsonTokenType.Number) return ((int)_json.TokenStartIndex, _json.ValueSpan.Length);
        Strings(MemberKind.Unknown);
        return default;
    }

    /// <summary>Whether the string here holds escapes.</summary>
    public readonly bool IsEscaped => _json.ValueIsEscaped;

    /// <summary>True, false, or null where it is neither.</summary>
    public bool? Bool()
    {
        if (IsBool) return _json.TokenType == JsonTokenType.True;
        if (!IsNull) Refuse();
        return null;
    }

    /// <summary>A count of tokens; -1 for null and for a number that cannot be one.</summary>
    public long Count()
    {
        if (_json.TokenType == JsonTokenType.Number) return _json.TryGetInt64(out var count) && count is >= 0 and <= MaxCount ? count : -1;
        if (!IsNull) Refuse();
        return -1;
    }

    /// <summary>An index into a list of choices, blocks or calls; 0 for null and for what cannot be one, which is a mismatch.</summary>
    public int Index()
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out var index) && index is >= 0 and <= MaxIndex) return index;
        if (!IsNull) Refuse();
        return 0;
    }

    /// <summary>Adds a string's text unless it is empty or null.</summary>
    public void Text(Channel channel, bool complete = false)
    {
        if (IsString) AddText(channel, complete);
        else if (!IsNull) Refuse();
    }

    /// <summary>Adds the string here as a complete text, unless its member's name tells that it is none.</summary>
    public readonly void Text(MemberKind kind, Channel channel)
    {
        if (IsText(kind)) AddText(channel, complete: true);
    }

    /// <summary>Adds a JSON value as a complete text, a string as a text that may go on. An empty object or array says nothing.</summary>
    public void Value(Channel channel)
    {
        if (IsString || IsNull)
        {
            Text(channel);
            return;
        }
        var start = (int)_json.TokenStartIndex;
        if ((IsObject || IsArray) && !SkipFilled()) return;
        var value = _data[start..(int)_json.BytesConsumed];
        _meaning?.Add(new TextRange(channel, start, value.Length, value.Contains((byte)'\\'), false) { Complete = true, Json = true });
    }

    /// <summary>Adds an object or array that spells the texts of its choice out. The choice is set when it is known.</summary>
    public void Spelling()
    {
        if (!IsObject && !IsArray)
        {
            Strings(MemberKind.Unknown);
            return;
        }
        var (start, isList) = ((int)_json.TokenStartIndex, IsArray);
        if (SkipFilled()) _meaning?.Add(new Spelling(start, (int)_json.BytesConsumed - start, -1, isList));
    }

    // Passes an object or array by; false when it is empty.
    private bool SkipFilled()
    {
        var depth = _json.CurrentDepth;
        _json.Read();
        if (_json.CurrentDepth == depth && _json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) return false;
        while (_json.CurrentDepth > depth) _json.Read();
        return true;
    }

    // Passes the value by and adds the strings in it. An array's strings have the name that the array has.
    private void Strings(MemberKind kind)
    {
        if (IsString) AddOther(kind);
        else if (kind == MemberKind.Spelling) Spelling();
        if (!IsObject && !IsArray) return;
        if (_meaning is null)
        {
            _json.Skip();
            return;
        }
        var depth = _json.CurrentDepth;
        for (_json.Read(); _json.CurrentDepth > depth; _json.Read())
        {
            if (_json.TokenType == JsonTokenType.PropertyName)
            {
                kind = MemberNames.KindOf(Unescaped());
                if (kind != MemberKind.Spelling) continue;
                _json.Read();
                Spelling();
            }
            else if (IsString) AddOther(kind);
            else if (_json.TokenType == JsonTokenType.EndObject) kind = MemberKind.Unknown;
        }
    }

    private readonly void AddOther(MemberKind kind)
    {
        if (!IsText(kind)) return;
        AddText(new Channel(ChannelKind.Other, 0, 0), complete: IsWhole || kind == MemberKind.Label);
    }

    private readonly bool IsText(MemberKind kind) =>
        kind != MemberKind.Metadata && (kind != MemberKind.Payload || !MemberNames.IsPayload(_json.ValueSpan));

    private readonly void AddText(Channel channel, bool complete)
    {
        var (start, length) = TextHere();
        if (length > 0) _meaning?.Add(new TextRange(channel, start, length, _json.ValueIsEscaped, false) { Complete = complete });
    }

    private readonly (int Start, int Length) TextHere() => ((int)_json.TokenStartIndex + 1, _json.ValueSpan.Length);

    // An escaped name that does not resolve keeps its backslash, so it equals no known one.
    private readonly ReadOnlySpan<byte> Unescaped()
    {
        var text = _json.ValueSpan;
        return _json.ValueIsEscaped && JsonText.TryUnescape(text, _scratch, out var length) ? _scratch[..length] : text;
    }
}
