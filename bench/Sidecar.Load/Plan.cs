namespace Sidecar.Load;

/// <summary>How much is streamed.</summary>
/// <param name="Streams">Streams at once.</param>
/// <param name="Rate">Events of each in a second.</param>
/// <param name="Seconds">How long.</param>
internal sealed record Plan(int Streams, int Rate, int Seconds)
{
    /// <summary>Events of one stream.</summary>
    public int Events => Rate * Seconds;

    /// <summary>As the path of a request: the provider reads it from there.</summary>
    public string Path => $"/v1/chat/completions?rate={Rate}&events={Events}";
}
