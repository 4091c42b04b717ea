using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>
/// Members of a JSON object that are written again, as a peer wrote them, into an object that is written here. Each member is followed by
/// a comma. The object has been read before, so it is JSON.
/// </summary>
internal static class RawMembers
{
    // An id or a model's name is shorter by far.
    private const int MaxScalar = 512;
    private const int MaxDepth = 256;
    private const int MaxDigits = 20;

    /// <summary>
    /// Writes the members of a template in its order, each with the value that the object has for it: a scalar of the same kind, or the
    /// figures of an object. Without one the template's value is written, unless that is null or an empty object.
    /// </summary>
    public static void Fill(IBufferWriter<byte> writer, ReadOnlySpan<byte> template, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(template);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var kind = reader.TokenType;
            reader.Skip();
            var value = template[start..(int)reader.BytesConsumed];
            var given = Find(json, name, out var givenKind);
            if (kind == JsonTokenType.StartObject && givenKind == kind)
            {
                WriteName(writer, name);
                WriteFigures(writer, given);
                writer.Write(","u8);
                continue;
            }
            var fits = givenKind == kind || (kind == JsonTokenType.Null && givenKind is JsonTokenType.String or JsonTokenType.Number);
            if (fits && kind != JsonTokenType.StartArray && given.Length <= MaxScalar) value = given;
            if (value.SequenceEqual("null"u8) || value.SequenceEqual("{}"u8)) continue;
            Write(writer, name, value);
        }
    }

    /// <summary>Writes every member but those of the names.</summary>
    public static void Copy(IBufferWriter<byte> writer, ReadOnlySpan<byte> json, params ReadOnlySpan<byte[]> except)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            var isExcepted = false;
            foreach (var one in except) isExcepted |= reader.ValueTextEquals(one);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!isExcepted) Write(writer, name, json[start..(int)reader.BytesConsumed]);
        }
    }

    /// <summary>The value of the object's first member of a name, as written; empty when it has none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) => Find(json, name, out _);

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out JsonTokenType kind)
    {
        kind = JsonTokenType.None;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isWanted = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var token = reader.TokenType;
            reader.Skip();
            if (!isWanted) continue;
            kind = token;
            return json[start..(int)reader.BytesConsumed];
        }
        return default;
    }

    // Numbers at any depth of objects. Strings and lists are no figures.
    private static void WriteFigures(IBufferWriter<byte> writer, ReadOnlySpan<byte> json)
    {
        writer.Write("{"u8);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        var isFirst = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var kind = reader.TokenType;
            reader.Skip();
            if (kind is not (JsonTokenType.Number or JsonTokenType.StartObject)) continue;
            if (!isFirst) writer.Write(","u8);
            isFirst = false;
            WriteName(writer, name);
            var value = json[start..(int)reader.BytesConsumed];
            if (kind == JsonTokenType.Number) writer.Write(value);
            else WriteFigures(writer, value);
        }
        writer.Write("}"u8);
    }

    private static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        WriteName(writer, name);
        writer.Write(value);
        writer.Write(","u8);
    }

    private static void WriteName(IBufferWriter<byte> writer, ReadOnlySpan<byte> name)
    {
        writer.Write("\""u8);
        writer.Write(name);
        writer.Write("\":"u8);
    }

    /// <summary>Writes a number.</summary>
    public static void WriteNumber(this IBufferWriter<byte> writer, long number)
    {
        Utf8Formatter.TryFormat(number, writer.GetSpan(MaxDigits), out var length);
        writer.Advance(length);
    }
}
