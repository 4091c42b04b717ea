using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Product;

/// <summary>One sidecar in front of one scripted provider, shared by the tests of a class, which run one after the other.</summary>
public class SidecarFixture : IAsyncLifetime
{
    /// <summary>The provider behind the sidecar.</summary>
    public ScriptedProvider Provider { get; } = new();

    /// <summary>The sidecar.</summary>
    public SidecarProcess Sidecar { get; private set; } = null!;

    /// <summary>Keys of the configuration besides upstreams and routes.</summary>
    protected virtual string Settings => "";

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => Sidecar = await SidecarProcess.ServeAsync(Yaml(Provider.Uri, Policy) + Settings);

    /// <summary>The policy of every route.</summary>
    protected virtual string Policy => "off";

    /// <summary>Routes for each provider's paths to one address, and all other paths to the same as openai.</summary>
    public static string Yaml(Uri provider, string policy = "off") => $$"""
        upstreams:
          openai: { url: "{{provider}}", provider: openai }
          anthropic: { url: "{{provider}}", provider: anthropic }
          gemini: { url: "{{provider}}", provider: gemini }
          ollama: { url: "{{provider}}", provider: ollama }
        routes:
          - { name: anthropic, match: { path: /v1/messages* }, upstreams: [ { name: anthropic } ], moderation: {{policy}} }
          - { name: gemini, match: { path: /v1beta/* }, upstreams: [ { name: gemini } ], moderation: {{policy}} }
          - { name: ollama, match: { path: /api/* }, upstreams: [ { name: ollama } ], moderation: {{policy}} }
          - { name: openai, match: { path: "/*" }, upstreams: [ { name: openai } ], moderation: {{policy}} }

        """;

    /// <summary>Stops both, and fails when the strict origin saw a request it had to refuse.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await Sidecar.DisposeAsync();
        await Provider.DisposeAsync();
        Assert.Empty(Provider.Violations);
        GC.SuppressFinalize(this);
    }
}
