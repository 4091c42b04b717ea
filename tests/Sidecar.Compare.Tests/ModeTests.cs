namespace Sidecar.Compare.Tests;

public sealed class ModeTests
{
    [Fact]
    public void The_command_line_chooses_the_mode()
    {
        Assert.Same(Mode.Report, Mode.Read([]));
        Assert.Same(Mode.Quick, Mode.Read(["--quick"]));
        Assert.Same(Mode.Smoke, Mode.Read(["--smoke"]));
        Assert.Null(Mode.Read(["--rounds", "none"]));
        Assert.Null(Mode.Read(["--fast"]));
    }

    [Fact]
    public void What_is_less_than_a_mode_is_a_part()
    {
        var mode = Mode.Read(["--quick", "--only", "sidecar,nginx", "--rounds", "1"])!;
        Assert.Equal(("part", 1), (mode.Name, mode.Rounds));
        Assert.Equal(["direct", "sidecar", "nginx"], mode.Contenders);
        Assert.Equal(Mode.Quick.Loads, mode.Loads);
    }
}
