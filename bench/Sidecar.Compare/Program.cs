using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sidecar.Compare;
using Sidecar.Compare.Measuring;
using Sidecar.Compare.Reporting;
using Sidecar.Compare.Running;

// ROOT REPORTS [WORDS]: measures, and writes a report to the folder of reports; bench/compare builds what is measured and calls this.
if (args is not [var root, var reports, .. var words] || Mode.Read(words) is not { } mode)
{
    Console.Error.WriteLine("usage: bench/compare [--quick | --smoke] [--rounds N] [--only NAME,NAME] [--out FOLDER]");
    return 2;
}
var clock = Stopwatch.StartNew();
Results results;
await using (var site = await Site.OpenAsync(Path.Combine(root, "bench/peers/run"))) results = await new Bench(mode, site).RunAsync();

var date = DateTime.UtcNow;
var name = Name(date);
var folder = Directory.CreateDirectory(Path.Combine(reports, name)).FullName;
var summary = Summary.Of(results, date, await Repository.CommitAsync(root), mode, clock.Elapsed);
var baseline = Change.Baseline(summary, Summary.ReadAll(reports).Select(one => one.Summary));
File.WriteAllText(Path.Combine(folder, Summary.FileName), JsonSerializer.Serialize(summary, Summary.Json));
File.WriteAllLines(Path.Combine(folder, "samples.jsonl"), results.Samples.Select(sample => JsonSerializer.Serialize(sample)));
File.WriteAllText(Path.Combine(folder, "facts.json"), JsonSerializer.Serialize(results.Facts.Values, Summary.Json));
var page = Path.Combine(reports, $"{name}.md");
File.WriteAllText(page, new Report(results, summary, baseline, name).Write(folder));
IndexPage.Write(reports);
Console.WriteLine(page);
return results.Contenders.Where(one => one.IsOurs || one.IsDirect).All(one => Verdict.IsFit(results, one.Name)) ? 0 : 1;

// A second report of a day tells its time too.
string Name(DateTime now)
{
    var suffix = mode.Name.Length > 0 ? $"compare-{mode.Name}" : "compare";
    var plain = string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd}-{suffix}");
    return Directory.Exists(Path.Combine(reports, plain)) ? string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd-HHmm}-{suffix}") : plain;
}
