using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>
/// Where the strings of a JSON document stand: the names and positions that lead there, as one number, so that strings of unknown events can be told to
/// continue one another. One forward pass for all of them.
/// </summary>
/// <param name="data">A document that a dialect has read.</param>
public ref struct JsonPlaces(ReadOnlySpan<byte> data)
{
    private const int Levels = JsonCursor.EventDepth + 1;

    private Utf8JsonReader _json = new(data, new JsonReaderOptions { MaxDepth = JsonCursor.EventDepth });
    private Numbers _containers;
    private Numbers _positions;
    private int _named;

    /// <summary>The place of a string.</summary>
    /// <param name="start">First byte of its text, inside its quotes; behind the one asked for before.</param>
    public int Of(int start)
    {
        var place = 0;
        while (_json.BytesConsumed < start && _json.Read())
        {
            switch (_json.TokenType)
            {
                case JsonTokenType.PropertyName:
                    _named = HashCode.Combine(_containers[_json.CurrentDepth], HashOfName());
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray: break;
                default:
                    place = PassValue();
                    break;
            }
        }
        return place;
    }

    private int PassValue()
    {
        var depth = _json.CurrentDepth;
        // Of an object's members the name tells, of an array's elements the position.
        var place = depth == 0 ? 0 : _positions[depth] < 0 ? _named : HashCode.Combine(_containers[depth], _positions[depth]++);
        if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            _containers[depth + 1] = place;
            _positions[depth + 1] = _json.TokenType == JsonTokenType.StartArray ? 0 : -1;
        }
        return place;
    }

    private readonly int HashOfName()
    {
        var hash = new HashCode();
        Span<byte> unescaped = stackalloc byte[JsonCursor.ScratchLength];
        if (_json.ValueIsEscaped && JsonText.TryUnescape(_json.ValueSpan, unescaped, out var length)) hash.AddBytes(unescaped[..length]);
        else hash.AddBytes(_json.ValueSpan);
        return hash.ToHashCode();
    }

    [InlineArray(Levels + 1)]
    private struct Numbers
    {
        private int _first;
    }
}
