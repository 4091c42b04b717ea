namespace Sidecar.Providers;

/// <summary>The <c>error</c> member that every dialect has in some form.</summary>
internal static class ProviderError
{
    /// <summary>
    /// Reads an error object or message. A type (OpenAI, Anthropic) tells more than a status (Gemini), and that more than a code.
    /// Null, false and the empty string are no error: SDKs test for a truthy value. Its message is a text like any other string.
    /// </summary>
    public static void Read(ref JsonCursor json, EventMeaning meaning)
    {
        var outer = json.IsWhole;
        json.IsWhole = true;
        ReadValue(ref json, meaning);
        json.IsWhole = outer;
    }

    private static void ReadValue(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.IsObject)
        {
            var isTold = json.IsBool ? json.Bool() == true : json.ScalarRange().Length > 0;
            if (isTold) meaning.Traits |= EventTraits.Error;
            if (json.IsString) json.Other(default);
            return;
        }
        meaning.Traits |= EventTraits.Error;
        (int Start, int Length) type = default, status = default, code = default;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("type"u8)) type = json.ScalarRange();
            else if (name.SequenceEqual("status"u8)) status = json.ScalarRange();
            else if (name.SequenceEqual("code"u8)) code = json.ScalarRange();
            else json.Other(name);
        }
        var told = type.Length > 0 ? type : status.Length > 0 ? status : code;
        if (told.Length > 0) meaning.ErrorType = told;
    }
}
