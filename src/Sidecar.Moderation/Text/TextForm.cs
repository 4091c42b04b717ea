namespace Sidecar.Moderation.Text;

/// <summary>How a text is written where it stands. Matching sees through the writing; a replacement is written in it.</summary>
public enum TextForm : byte
{
    /// <summary>As it is, with JSON escapes seen through all the same: data that is no JSON, or broken JSON.</summary>
    Plain,
    /// <summary>The inside of a JSON string.</summary>
    JsonString,
    /// <summary>A JSON value: strings inside it are texts, a match outside them is replaced by a string.</summary>
    JsonValue,
    /// <summary>The inside of a JSON string whose text is JSON, as providers stream the arguments of tool calls.</summary>
    JsonInJson,
}
