using System.Globalization;
using System.Text;
using System.Text.Json;
using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>Writes a text in a form, any character escaped or not as chance has it, and reads it back.</summary>
internal sealed class Writing(int seed)
{
    private const string Open = "{\"a\":\"";
    private const string Close = "\"}";

    private readonly Random _random = new(seed);

    /// <summary>Whether the form says nothing else than the text: a plain text that holds a backslash may be read as an escape.</summary>
    public static bool IsFaithful(string text, TextForm form) => form != TextForm.Plain || !text.Contains('\\', StringComparison.Ordinal);

    /// <summary>The text as written; in JSON that is held in JSON it is a member of an object.</summary>
    public byte[] Write(string text, TextForm form) => Encoding.UTF8.GetBytes(form switch
    {
        TextForm.JsonString => Escape(text),
        TextForm.JsonInJson => Escape(Open + Escape(text) + Close),
        _ => text,
    });

    /// <summary>The text that is written, or its beginning.</summary>
    public static string Read(string written, TextForm form) => form switch
    {
        TextForm.JsonString => Unescape(written),
        TextForm.JsonInJson => Unescape(Inner(Unescape(written))),
        _ => written,
    };

    private static string Inner(string json) => json[Open.Length..(json.EndsWith(Close, StringComparison.Ordinal) ? ^Close.Length : ^0)];

    private static string Unescape(string text) => JsonSerializer.Deserialize<string>($"\"{text}\"")!;

    private string Escape(string text)
    {
        var escaped = new StringBuilder();
        var isBusy = _random.Next(2) == 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (isBusy && _random.Next(4) == 0) escaped.Append(Unicode(rune));
            else if (rune.Value is '"' or '\\') escaped.Append('\\').Append(rune);
            else if (rune.Value is '/' && _random.Next(2) == 0) escaped.Append("\\/");
            else if (rune.Value is '\n') escaped.Append("\\n");
            else if (rune.Value < ' ') escaped.Append(Unicode(rune));
            else escaped.Append(rune);
        }
        return escaped.ToString();
    }

    // A pair of surrogates beyond the first plane.
    private string Unicode(Rune rune) => string.Concat(rune.ToString().Select(c => "\\u" + ((int)c).ToString(_random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture)));
}
