using System.Text.Json;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>The path of a file of prices, which is read while the configuration is, and watched.</summary>
internal sealed class PricesFileKind : Kind<PriceTable?>
{
    public override PriceTable? Seed => null;

    public override PriceTable? Read(Node node, string path, Reading reading, PriceTable? start)
    {
        if (node.IsNull)
            return null;
        if (!reading.TryText(node, path, out var text))
            return start;
        PriceTable? table = null;
        var problem = reading.File(text, out var full, out var bytes)
            ?? (PriceTable.Parse(full, bytes, out table) is { } wrong ? Reading.FileProblem(full, wrong) : null);
        if (problem is not null)
            reading.Fail(path, node.Place, problem);
        return table;
    }

    protected override void Write(Utf8JsonWriter writer, PriceTable? value, string path, IReadOnlySet<string> concealed) =>
        writer.WriteStringValue(value?.File);

    public override void WriteSchema(Utf8JsonWriter writer) => FileKind.WritePathSchema(writer);
}

/// <summary>The path of a file that the sidecar writes; it need not be there yet.</summary>
internal sealed class OutputFileKind : Kind<string?>
{
    public override string? Seed => null;

    public override string? Read(Node node, string path, Reading reading, string? start)
    {
        if (node.IsNull)
            return null;
        if (!reading.TryText(node, path, out var text))
            return start;
        if (reading.Absolute(text) is { } full && Path.GetFileName(full).Length > 0)
            return full;
        reading.Fail(path, node.Place, "must be the path of a file");
        return start;
    }

    protected override void Write(Utf8JsonWriter writer, string? value, string path, IReadOnlySet<string> concealed) =>
        writer.WriteStringValue(value);

    public override void WriteSchema(Utf8JsonWriter writer) => FileKind.WritePathSchema(writer);
}
