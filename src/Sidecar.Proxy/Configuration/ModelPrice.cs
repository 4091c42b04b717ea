namespace Sidecar.Proxy.Configuration;

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
/// <param name="Input">Tokens of the prompt.</param>
/// <param name="Output">Tokens of the answer.</param>
public sealed record ModelPrice(decimal Input, decimal Output)
{
    private const decimal Million = 1_000_000m;

    /// <summary>The part of the prompt that came from a cache; null where it costs what the rest does.</summary>
    public decimal? Cached { get; init; }

    /// <summary>The part of the answer that was reasoning; null where it costs what the rest does.</summary>
    public decimal? Reasoning { get; init; }

    /// <summary>Exact cost in dollars. A part that is larger than its whole counts as the whole.</summary>
    /// <param name="input">Tokens of the prompt, cached ones included.</param>
    /// <param name="cached">Those of them that came from a cache.</param>
    /// <param name="output">Tokens of the answer, reasoning included.</param>
    /// <param name="reasoning">Those of them that were reasoning.</param>
    public decimal Cost(long input, long cached, long output, long reasoning)
    {
        cached = Math.Min(cached, input);
        reasoning = Math.Min(reasoning, output);
        var millionfold = ((input - cached) * Input) + (cached * (Cached ?? Input)) + ((output - reasoning) * Output) + (reasoning * (Reasoning ?? Output));
        return millionfold / Million;
    }
}
