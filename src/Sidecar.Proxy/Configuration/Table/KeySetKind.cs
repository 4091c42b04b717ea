using System.Text.Json;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>
/// The path of a JWKS file, which is read while the configuration is, and watched: a rotation of its keys is a reload. Or the URL of one, which is
/// only looked at here.
/// </summary>
internal sealed class KeySetKind : Kind<KeySetFile?>
{
    public override KeySetFile? Seed => null;

    public override KeySetFile? Read(Node node, string path, Reading reading, KeySetFile? start)
    {
        if (node.IsNull)
            return null;
        if (!reading.TryText(node, path, out var text))
            return start;
        if (text.Length == 0)
            return null;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Fragment.Length == 0)
                return new KeySetFile(text, []) { Url = url };
            reading.Fail(path, node.Place, "must be the path of a file, or a URL such as `https://host/path`");
            return start;
        }
        var set = new KeySetFile("", []);
        var problem = reading.File(text, out var file, out var bytes);
        if (problem is null && KeySetFile.Parse(bytes, out var keys) is var wrong)
            (problem, set) = (wrong is null ? null : Reading.FileProblem(file, wrong), new KeySetFile(file, keys));
        if (problem is null)
            return set;
        reading.Fail(path, node.Place, problem);
        return start;
    }

    protected override void Write(Utf8JsonWriter writer, KeySetFile? value, string path, IReadOnlySet<string> concealed) =>
        writer.WriteStringValue(value?.Path ?? "");

    public override void WriteSchema(Utf8JsonWriter writer) =>
        ScalarKind<string>.WriteAlternatives(writer, ["""{"type":["string","null"]}"""]);
}
