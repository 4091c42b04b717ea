namespace Sidecar.Providers;

/// <summary>OpenAI chat completions (<c>/v1/chat/completions</c>), also as Azure and the many compatible servers speak it.</summary>
public sealed class OpenAIChat : JsonDialect
{
    /// <summary>The one instance: it holds no state.</summary>
    public static readonly OpenAIChat Instance = new();

    private OpenAIChat()
    {
    }

    /// <inheritdoc/>
    public override string Name => "openai";

    /// <summary>Clients stop at data that starts with <c>[DONE]</c>, whatever follows.</summary>
    private protected override bool IsEndMarker(ReadOnlySpan<byte> data) => data.StartsWith("[DONE]"u8);

    private protected override void ReadRoot(ref JsonCursor json, ReadOnlySpan<byte> eventName, bool isBody, EventMeaning meaning) =>
        OpenAIChunk.Read(ref json, meaning);
}
