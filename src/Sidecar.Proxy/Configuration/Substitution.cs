using System.Text;

namespace Sidecar.Proxy.Configuration;

/// <summary>Puts the values of <c>${env:NAME}</c> and <c>${file:PATH}</c> into a text; <c>$${</c> stands for <c>${</c>.</summary>
internal sealed class Substitution(FileSnapshot files, IReadOnlyDictionary<string, string> environment, string directory)
{
    private const int MaxLength = 64 * 1024;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is wrong, or null. <paramref name="replaced"/>: whether something of outside is in the result.</summary>
    public string? Expand(string text, out string expanded, out bool replaced)
    {
        expanded = text;
        replaced = false;
        if (!text.Contains("${", StringComparison.Ordinal))
            return null;
        var result = new StringBuilder();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var open = rest.IndexOf("${");
            if (open < 0)
            {
                result.Append(rest);
                break;
            }
            if (open > 0 && rest[open - 1] == '$')
            {
                result.Append(rest[..(open - 1)]).Append("${");
                rest = rest[(open + 2)..];
                continue;
            }
            var close = rest[open..].IndexOf('}');
            if (close < 0)
                return "`${` without its `}`; a plain `${` is written `$${`";
            if (Value(rest.Slice(open + 2, close - 2).ToString(), out var value) is { } problem)
                return problem;
            result.Append(rest[..open]).Append(value);
            rest = rest[(open + close + 1)..];
            replaced = true;
            if (result.Length > MaxLength)
                return "longer than 64KB";
        }
        expanded = result.ToString();
        return null;
    }

    private string? Value(string reference, out string value)
    {
        value = "";
        if (reference.StartsWith("env:", StringComparison.Ordinal))
            return environment.TryGetValue(reference[4..], out value!)
                ? null
                : $"environment variable `{Shown.Text(reference[4..])}` is not set";
        if (!reference.StartsWith("file:", StringComparison.Ordinal))
            return "a reference is `${env:NAME}` or `${file:PATH}`; a plain `${` is written `$${`";
        return File(reference[5..], out value);
    }

    private string? File(string name, out string value)
    {
        value = "";
        var path = Absolute(name);
        if (path is null)
            return "`${file:}` without a path";
        if (files.Read(path, out var bytes) is { } problem)
            return Reading.FileProblem(path, problem);
        try
        {
            value = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Reading.FileProblem(path, "not UTF-8");
        }
        // Editors and `echo` end a file with a newline that is not part of the secret.
        if (value.EndsWith('\n'))
            value = value[..^(value.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)];
        return null;
    }

    /// <summary>A path as seen from the configuration's directory; null when it is none.</summary>
    public string? Absolute(string path) => path.Length == 0 || path.Contains('\0') ? null : Path.GetFullPath(path, directory);
}
