using Sidecar.FunctionalTests.Client;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>What a client of raw bytes got.</summary>
/// <param name="Status">0 when there was no response.</param>
/// <param name="End">How it ended.</param>
/// <param name="Body">What came of the body.</param>
public sealed record Answer(int Status, ResponseEnd End, byte[] Body)
{
    /// <summary>The client left before it could see.</summary>
    public static Answer None { get; } = new(0, ResponseEnd.Unseen, []);

    /// <summary>Reads a response to its end, or to the connection's.</summary>
    public static async Task<Answer> ReadAsync(RawClient client)
    {
        var response = await client.HeadAsync("POST");
        var isWhole = await response.ReadOutAsync();
        return new Answer(response.Status, isWhole ? ResponseEnd.Whole : ResponseEnd.Cut, response.Body.ToArray());
    }
}
