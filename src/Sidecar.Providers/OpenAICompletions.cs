namespace Sidecar.Providers;

/// <summary>OpenAI completions (<c>/v1/completions</c>), the older API, which compatible servers go on to offer.</summary>
public sealed class OpenAICompletions : JsonDialect
{
    /// <summary>The one instance: it holds no state.</summary>
    public static readonly OpenAICompletions Instance = new();

    private OpenAICompletions()
    {
    }

    /// <inheritdoc/>
    public override string Name => "openai";

    /// <summary>Clients stop at data that starts with <c>[DONE]</c>, whatever follows.</summary>
    private protected override bool IsEndMarker(ReadOnlySpan<byte> data) => data.StartsWith("[DONE]"u8);

    private protected override void ReadRoot(ref JsonCursor json, ReadOnlySpan<byte> eventName, bool isBody, EventMeaning meaning) =>
        OpenAIChunk.Read(ref json, meaning);
}
