using System.Text;

namespace Sidecar.Providers.Tests;

public class DialectPathsTests
{
    private static Dialect? Find(string path) => DialectPaths.Find(Encoding.UTF8.GetBytes(path));

    private static string Model(string path) => Encoding.UTF8.GetString(DialectPaths.Model(Encoding.UTF8.GetBytes(path)));

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/chat/completions")]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21")]
    [InlineData("/v1beta/openai/chat/completions")]
    [InlineData("/v1/chat/completions/")]
    [InlineData("/v1//chat/completions")]
    [InlineData("/v1/%63hat%2Fcompletions")]
    [InlineData("/OpenAI/Deployments/x/Chat/Completions")]
    [InlineData("/v1/chat/completions/chatcmpl-123")]
    public void Chat_completions(string path) => Assert.Same(OpenAIChat.Instance, Find(path));

    [Theory]
    [InlineData("/v1/completions")]
    [InlineData("/completions")]
    [InlineData("/openai/deployments/d/completions?api-version=1")]
    public void Completions(string path) => Assert.Same(OpenAICompletions.Instance, Find(path));

    [Theory]
    [InlineData("/v1/responses")]
    [InlineData("/responses")]
    [InlineData("/openai/v1/responses")]
    [InlineData("/v1/responses/resp_123?stream=true")]
    public void Responses(string path) => Assert.Same(OpenAIResponses.Instance, Find(path));

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/messages?beta=true")]
    [InlineData("/anthropic/v1/messages")]
    [InlineData("/messages")]
    public void Messages(string path) => Assert.Same(AnthropicMessages.Instance, Find(path));

    [Theory]
    [InlineData("/v1beta/models/gemini-2.5-flash:generateContent", "gemini-2.5-flash")]
    [InlineData("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", "gemini-2.5-flash")]
    [InlineData("/v1/projects/p/locations/l/publishers/google/models/gemini-3:streamGenerateContent", "gemini-3")]
    [InlineData("/v1beta/models/gemini-3%3AstreamGenerateContent", "gemini-3")]
    [InlineData("/v1beta/tunedModels/mine:generateContent/", "mine")]
    public void Generate_content_with_its_model(string path, string model)
    {
        Assert.Same(Gemini.Instance, Find(path));
        Assert.Equal(model, Model(path));
    }

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/api/generate")]
    [InlineData("/ollama/api/chat")]
    public void Ollamas_own(string path) => Assert.Same(Ollama.Instance, Find(path));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("/v1/models")]
    [InlineData("/v1/embeddings")]
    [InlineData("/v1/messages/count_tokens")]
    [InlineData("/v1/messages/batches")]
    [InlineData("/v1/threads/t/messages")]
    [InlineData("/v1/xcompletions")]
    [InlineData("/v1beta/models/gemini:countTokens")]
    [InlineData("/v1beta/models/gemini:embedContent")]
    [InlineData("/api/embed")]
    [InlineData("/api/tags")]
    [InlineData("/v1/files?purpose=/v1/chat/completions")]
    [InlineData("/v1/chat/completions%")]
    public void Other_paths_tell_none(string path) => Assert.Null(Find(path));

    [Theory]
    [InlineData("/openai/deployments/gpt-4o/chat/completions?api-version=1", "gpt-4o")]
    [InlineData("/openai//Deployments/my%20gpt/completions", "my%20gpt")]
    [InlineData("/deployments/", "")]
    [InlineData("/v1/chat/completions", "")]
    [InlineData("/v1/chat/completions?x=/deployments/y", "")]
    public void A_deployment_is_the_model(string path, string model) => Assert.Equal(model, Model(path));

    [Fact]
    public void A_path_longer_than_any_bound_is_told_by_its_end()
    {
        Assert.Same(OpenAIChat.Instance, Find("/" + new string('a', 5000) + "/v1/chat/completions"));
        Assert.Null(Find("/v1/chat/completions/" + new string('a', 5000)));
    }

    [Fact]
    public void A_provider_has_its_dialect_for_errors()
    {
        Assert.Same(OpenAIChat.Instance, DialectPaths.OfProvider("azure"));
        Assert.Same(OpenAIChat.Instance, DialectPaths.OfProvider("openai"));
        Assert.Same(AnthropicMessages.Instance, DialectPaths.OfProvider("anthropic"));
        Assert.Same(Gemini.Instance, DialectPaths.OfProvider("gemini"));
        Assert.Same(Ollama.Instance, DialectPaths.OfProvider("ollama"));
        Assert.Null(DialectPaths.OfProvider("other"));
    }
}
