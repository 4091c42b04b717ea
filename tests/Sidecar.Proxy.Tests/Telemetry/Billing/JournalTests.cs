using System.Text;
using System.Text.Json;
using Sidecar.Proxy.Telemetry.Billing;

namespace Sidecar.Proxy.Tests.Telemetry.Billing;

public sealed class JournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidecar-journal-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "usage.jsonl");

    [Fact]
    public async Task Its_end_writes_every_line_over_as_many_files_as_the_bound_asks_for_and_none_is_divided()
    {
        await using var rig = new Rig();
        await using (var journal = Journal.Open(Path, rig.Time, rig.Metrics.JournalLinesDropped, out _, maxFileBytes: 64 * 1024)!)
        {
            for (var i = 0; i < 1000; i++)
            {
                var record = rig.NewRecord();
                (record.RequestId, record.CostUsd, record.EndedAt) = ($"r-{i}", 0.5m, rig.Time.GetTimestamp());
                journal.Write(record);
            }
        }
        var files = Journal.Files(Path).ToList();
        Assert.True(files.Count > 1);
        Assert.All(files, file => Assert.True(new FileInfo(file).Length <= 64 * 1024));
        var lines = files.SelectMany(File.ReadAllLines).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"r-{i}"), lines.Select(line => line.GetProperty("request_id").GetString()));
        Assert.Equal(500m, lines.Sum(line => line.GetProperty("cost_usd").GetDecimal()));
    }

    [Fact]
    public void A_file_goes_on_where_it_ended_and_half_a_line_spoils_no_other()
    {
        File.WriteAllText(Path, "{\"a\":1}\n{\"hal");
        using (var file = new RotatingFile(Path, 1000, 2)) file.Write("{\"b\":2}\n"u8);
        using (var file = new RotatingFile(Path, 1000, 2)) file.Write("{\"c\":3}\n"u8);
        Assert.Equal(["{\"a\":1}", "{\"hal", "{\"b\":2}", "{\"c\":3}"], File.ReadAllLines(Path));
    }

    [Fact]
    public void The_oldest_file_goes()
    {
        using (var file = new RotatingFile(Path, 10, 2))
        {
            foreach (var text in new[] { "11111111\n", "22222222\n", "33333333\n", "44444444\n" }) file.Write(Encoding.ASCII.GetBytes(text));
        }
        Assert.Equal(["22222222", "33333333", "44444444"], RotatingFile.Of(Path, 2).SelectMany(File.ReadAllLines));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_is_refused()
    {
        await using var rig = new Rig();
        Assert.Null(Journal.Open(System.IO.Path.Combine(_folder.FullName, "absent", "j"), rig.Time, rig.Metrics.JournalLinesDropped, out var problem));
        Assert.EndsWith("no such directory", problem, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
