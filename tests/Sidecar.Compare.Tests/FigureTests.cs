using Sidecar.Compare.Measuring;

namespace Sidecar.Compare.Tests;

public sealed class FigureTests
{
    [Fact]
    public void A_figure_is_the_median_and_the_largest_distance_from_it()
    {
        var figure = Figure.Of([10, 14, 11], 0.2);
        Assert.Equal((11, 0.2), (figure.Value, figure.Foreign));
        Assert.Equal(3 / 11.0, figure.Spread, 6);
        Assert.Equal(12, Figure.Of([10, 14]).Value);
        Assert.False(Figure.Of([double.NaN]).IsKnown);
    }

    [Fact]
    public void Ratios_and_differences_are_of_one_round_each()
    {
        var results = MadeUp.Results();
        Assert.Equal(0.75, Metric.AgainstNginx.Of(results, "sidecar").Value, 6);
        Assert.Equal(80, Metric.P99.Of(results, "sidecar").Value, 6);
        Assert.Equal(0, Metric.P99.Of(results, "sidecar").Spread, 6);
        Assert.False(Metric.Small.Of(results, "sidecar").IsKnown);
        Assert.False(Metric.Cpu.Of(results, "portkey").IsKnown);
    }

    [Fact]
    public void System_calls_are_read_from_the_table_of_strace()
    {
        string[] table =
        [
            "% time     seconds  usecs/call     calls    errors syscall", "------ ----------- ----------- --------- --------- ----------------",
            " 60.00    0.060000          10      6000           recvfrom", " 40.00    0.040000          10      4000       100 sendto",
            "------ ----------- ----------- --------- --------- ----------------", "100.00    0.100000          10     10000       100 total",
        ];
        Assert.Equal((10_000, "recvfrom 60 %, sendto 40 %"), SystemCalls.Read(table));
    }
}
