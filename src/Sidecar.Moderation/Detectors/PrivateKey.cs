namespace Sidecar.Moderation.Detectors;

/// <summary>
/// Private keys in PEM (RFC 7468, with the headers of RFC 1421 or RFC 9580): a header line and the beginning of a body. From there on the key is certain
/// and goes on to its footer or, where that is missing, as far as lines look like base64: long ones, then a short one.
/// </summary>
internal static class PrivateKey
{
    private const string Begin = "-----BEGIN (?:[0-9A-Z]{2,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----";
    private const string Base64 = "[0-9A-Za-z+/=]";

    /// <summary>Between header and body: white space, also as it is written in strings.</summary>
    private const string Gap = "(?:[ \\t\\r\\n]|\\\\{1,2}[rn]){0,16}";
    private const string HeaderLines = "(?:[A-Z][A-Za-z]{2,8}(?:-[A-Z][a-z]{3})?: [^\\r\\n\\\\]{1,64}(?:\\r?\\n|(?:\\\\{1,2}r)?\\\\{1,2}n)){0,3}";

    /// <summary>Between lines of the body, also as it is written in strings; the beginning of a break is one. An empty line ends a body.</summary>
    private const string Break = "(?: |\\\\{1,2}(?:[rn](?:\\\\{1,2}n?)?)?|\\r(?:\\n[ \\t]*)?|\\n[ \\t]*)";
    private const string Lines = $"{Base64}{{16}}{Base64}*(?:{Break}{Base64}{{24}}{Base64}*)*(?:{Break}{Base64}{{0,23}})?";
    private const string Checksum = $"(?:{Break}(?:={Base64}{{0,4}}{Break}?)?)?";
    private const string End = "(?:-{1,5}(?:[0-9A-Z ]{1,60}-{0,5})?)?";

    public static Detector Detector { get; } = new("private_key", [new($"{Begin}{Gap}{HeaderLines}{Gap}{Lines}{Checksum}{End}")]);
}
