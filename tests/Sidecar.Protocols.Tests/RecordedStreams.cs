namespace Sidecar.Protocols.Tests;

/// <summary>Bodies that providers sent, where the folder that holds them is beside the repository.</summary>
public static class RecordedStreams
{
    private static readonly string? Folder = Find();

    /// <summary>The files of that kind; empty, and said so in the test's output, where the folder is not there.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Of(string extension, ITestOutputHelper output)
    {
        if (Folder is null)
        {
            output.WriteLine("shared/data/streams is not there: recorded streams are not tested");
            return [];
        }
        var files = Directory.EnumerateFiles(Folder, "*." + extension).Order(StringComparer.Ordinal);
        return [.. files.Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))];
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", "streams");
            if (Directory.Exists(path)) return path;
        }
        return null;
    }
}
