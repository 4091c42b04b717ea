using System.Text;
using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>
/// What the sidecar needs of a request's JSON body, read in one pass: top-level members only, all dialects alike. A body that
/// is no JSON object is <see cref="None"/>, whatever else it may be.
/// </summary>
public readonly record struct RequestShape
{
    // Tools bring JSON schemas of their own, deeper than any event.
    private const int MaxDepth = 256;
    private const int MaxModelLength = 512;

    /// <summary>Not a JSON object.</summary>
    public static RequestShape None => default;

    /// <summary>Whether the body is a JSON object.</summary>
    public bool IsJson { get; private init; }

    /// <summary>Where the model's text stands, inside its quotes; length 0 when the body names none.</summary>
    public (int Start, int Length) Model { get; private init; }

    /// <summary>Whether the model's text holds JSON escapes.</summary>
    public bool IsModelEscaped { get; private init; }

    /// <summary>Whether a stream is asked for; null when the body does not say (Ollama streams then, the others do not).</summary>
    public bool? Stream { get; private init; }

    /// <summary><c>stream_options.include_usage</c>; null when the body does not say.</summary>
    public bool? IncludeUsage { get; private init; }

    /// <summary>How the body is made to ask for usage; null where it asks already, or cannot be made to.</summary>
    public UsageSplice? UsageSplice { get; private init; }

    /// <summary>
    /// Whether <c>model</c> or <c>stream</c> stands there twice, in another case, or as another kind than a string or a boolean: a
    /// server may then read another body than we do.
    /// </summary>
    public bool IsAmbiguous { get; private init; }

    /// <summary>Reads a body. Never throws.</summary>
    public static RequestShape Read(ReadOnlySpan<byte> body)
    {
        var json = new JsonCursor(body, stackalloc byte[JsonCursor.ScratchLength], meaning: null, MaxDepth);
        try
        {
            json.Open();
            if (!json.IsObject) return None;
            var shape = ReadObject(ref json);
            json.Close();
            return shape;
        }
        catch (JsonException)
        {
            return None;
        }
    }

    /// <summary>The model's name with its escapes resolved; null when the body names none, or none that is text.</summary>
    /// <param name="body">The body that this shape was read from.</param>
    public string? ModelName(ReadOnlySpan<byte> body)
    {
        if (Model.Length == 0) return null;
        var text = body.Slice(Model.Start, Model.Length);
        if (!IsModelEscaped) return Encoding.UTF8.GetString(text);
        Span<byte> buffer = stackalloc byte[MaxModelLength];
        return JsonText.TryUnescape(text, buffer, out var length) ? Encoding.UTF8.GetString(buffer[..length]) : null;
    }

    private static RequestShape ReadObject(ref JsonCursor json)
    {
        (int Start, int Length) model = default;
        bool isModelEscaped = false, hasModel = false, hasStream = false, isAmbiguous = false;
        bool? stream = null, includeUsage = null;
        UsageSplice? splice = Providers.UsageSplice.Member(json.Start + 1);
        var hasOptions = false;
        while (json.NextProperty(out var name))
        {
            // Servers written in Go (Ollama) read MODEL as model.
            if (Ascii.EqualsIgnoreCase(name, "model"u8))
            {
                isAmbiguous |= hasModel || !name.SequenceEqual("model"u8) || !(json.IsString || json.IsNull);
                hasModel = true;
                isModelEscaped = json.IsString && json.IsEscaped;
                model = json.StringRange();
            }
            else if (Ascii.EqualsIgnoreCase(name, "stream"u8))
            {
                isAmbiguous |= hasStream || !name.SequenceEqual("stream"u8) || !(json.IsBool || json.IsNull);
                hasStream = true;
                stream = json.Bool();
            }
            else if (name.SequenceEqual("stream_options"u8))
            {
                var change = Providers.UsageSplice.OfOptions(ref json, out includeUsage);
                // Of two, one server takes the first and another the last.
                splice = hasOptions ? null : change;
                hasOptions = true;
            }
            else json.Skip();
        }
        return new RequestShape
        {
            IsJson = true,
            Model = model,
            IsModelEscaped = isModelEscaped,
            Stream = stream,
            IncludeUsage = includeUsage,
            UsageSplice = splice,
            IsAmbiguous = isAmbiguous,
        };
    }
}
