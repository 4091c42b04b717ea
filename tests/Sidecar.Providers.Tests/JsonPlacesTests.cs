using System.Text;

namespace Sidecar.Providers.Tests;

public class JsonPlacesTests
{
    [Theory]
    [InlineData("""{"a":"x"}""", """{"b":{"c":[1]},"a":"yy"}""")]
    [InlineData("""{"a":{"b":["u","x"]}}""", """{"a":{"c":"u","b":[null,"y"],"d":1}}""")]
    [InlineData("""{"a":[{"b":"u"},{"b":"x"}]}""", """{"a":[{},{"c":[{"b":{"b":1}}],"b":"y"}]}""")]
    [InlineData("""["u","x"]""", """[[],"y"]""")]
    [InlineData("""{"note":"x"}""", """{"n\u006fte":"y"}""")]
    [InlineData("\"x\"", " \"y\"")]
    public void The_same_names_and_positions_are_the_same_place(string first, string second) => Assert.Equal(LastPlace(first, "x"), LastPlace(second, "y"));

    [Theory]
    [InlineData("""{"a":"x"}""", """{"b":"x"}""")]
    [InlineData("""{"a":"x"}""", """{"a":{"a":"x"}}""")]
    [InlineData("""{"a":["x"]}""", """{"a":["u","x"]}""")]
    [InlineData("""{"a":[["x"]]}""", """{"a":["x"]}""")]
    [InlineData("""{"a":{"b":"x"}}""", """{"b":{"a":"x"}}""")]
    [InlineData("""[{"a":"u"},{"a":"x"}]""", """[{"a":"x"},{"a":"u"}]""")]
    public void Other_names_or_positions_are_another_place(string first, string second) => Assert.NotEqual(LastPlace(first, "x"), LastPlace(second, "x"));

    [Fact]
    public void One_pass_tells_the_places_of_all_strings_at_the_deepest_nesting_too()
    {
        var nested = new string('[', 64) + "\"x\",\"y\"" + new string(']', 64);
        var data = Encoding.UTF8.GetBytes(nested);
        var places = new JsonPlaces(data);
        var first = places.Of(nested.IndexOf('x', StringComparison.Ordinal));
        Assert.NotEqual(first, places.Of(nested.IndexOf('y', StringComparison.Ordinal)));
    }

    private static int LastPlace(string json, string value) =>
        new JsonPlaces(Encoding.UTF8.GetBytes(json)).Of(json.IndexOf($"\"{value}", StringComparison.Ordinal) + 1);
}
