using System.Collections;
using System.Text;
using System.Text.Json;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>The terms of a rule: those written in it, then those of its file. Remembers which is which.</summary>
internal sealed record TermList(IReadOnlyList<string> Written, TermsFile? File) : IReadOnlyList<string>
{
    public int Count => Written.Count + (File?.Terms.Count ?? 0);

    public string this[int index] => index < Written.Count ? Written[index] : File!.Terms[index - Written.Count];

    /// <summary>The terms as this type, whoever made them.</summary>
    public static TermList Of(IReadOnlyList<string> terms) => terms as TermList ?? new TermList(terms, null);

    public IEnumerator<string> GetEnumerator() => Written.Concat(File?.Terms ?? []).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A file of terms, as it was when the configuration was read.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Terms">One a line, space around it left out; empty lines and those that begin with <c>#</c> are none.</param>
/// <param name="Lines">The 1-based line of each.</param>
internal sealed record TermsFile(string Path, IReadOnlyList<string> Terms, IReadOnlyList<int> Lines)
{
    private const int MaxLines = 1_000_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The terms in a file's bytes, or what is wrong with them. A term itself is never told: lists of them are delicate.</summary>
    public static string? Parse(string path, byte[] bytes, out TermsFile? file)
    {
        file = null;
        string text;
        try
        {
            text = Strict.GetString(bytes.AsSpan(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
        }
        catch (DecoderFallbackException)
        {
            return "not UTF-8";
        }
        var terms = new List<string>();
        var lines = new List<int>();
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var term = line.Trim();
            if (term.IsEmpty || term[0] == '#')
                continue;
            if (number > MaxLines)
                return $"more than {MaxLines} lines";
            if (term.Length > Texts.MaxTermLength)
                return $"line {number} is longer than {Texts.MaxTermLength} characters";
            terms.Add(term.ToString());
            lines.Add(number);
        }
        file = new TermsFile(path, terms, lines);
        return terms.Count == 0 ? "holds no term" : null;
    }
}

/// <summary>The path of a file of terms, which is read while the configuration is, and watched.</summary>
internal sealed class TermsFileKind : Kind<TermsFile?>
{
    public override TermsFile? Seed => null;

    public override TermsFile? Read(Node node, string path, Reading reading, TermsFile? start)
    {
        if (node.IsNull)
            return null;
        if (!reading.TryText(node, path, out var text))
            return start;
        TermsFile? file = null;
        var problem = reading.File(text, out var full, out var bytes, FileSnapshot.MaxBytes)
            ?? (TermsFile.Parse(full, bytes, out file) is { } wrong ? Reading.FileProblem(full, wrong) : null);
        if (problem is not null)
            reading.Fail(path, node.Place, problem);
        return file;
    }

    protected override void Write(Utf8JsonWriter writer, TermsFile? value, string path, IReadOnlySet<string> concealed) =>
        writer.WriteStringValue(value?.Path);

    public override void WriteSchema(Utf8JsonWriter writer) => FileKind.WritePathSchema(writer);
}
