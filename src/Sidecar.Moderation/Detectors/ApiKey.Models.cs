namespace Sidecar.Moderation.Detectors;

/// <summary>Providers of models and what is built around them.</summary>
internal static partial class ApiKey
{
    private const int SequenceLength = 8;
    private const string Part = "(?:[0-9A-Za-z_-]{20}|[0-9A-Za-z_-]{58}|[0-9A-Za-z_-]{74})";

    private static Run[] ModelRuns() =>
    [
        // OpenAI ("OpenAI" in base64 stands in the middle); DeepSeek, Qwen, Moonshot and proxies write theirs like the old ones
        new("sk-proj- sk-svcacct- sk-admin-", $"{Part}T3BlbkFJ{Part}", Above3),
        new("sk-", "[0-9A-Za-z]{20,64}", IsRandomSequence),
        // Anthropic, OpenRouter
        new("sk-ant-", "(?:api|admin|oat|ort|sid)[0-9]{2}-[0-9A-Za-z_-]{93}AA", Above3),
        new("sk-or-v1-", "[0-9a-f]{64}", Above3),
        // Google
        new("AIza", "[0-9A-Za-z_-]{35}", IsGoogleKey),
        new("GOCSPX-", "[0-9A-Za-z_-]{28}", Above3),
        // Amazon Bedrock
        new("ABSK", "[0-9A-Za-z+/]{109,269}={0,2}", Above3),
        // Groq, Perplexity, xAI, Cerebras, NVIDIA, Replicate, Hugging Face
        new("gsk_", "[0-9A-Za-z]{52}", Above3),
        new("pplx-", "[0-9A-Za-z]{48}", Above4),
        new("xai-", "[0-9A-Za-z]{80}", Above3),
        new("csk-", "[0-9a-z]{48}", Above3),
        new("nvapi-", "[0-9A-Za-z_-]{64}", Above3),
        new("r8_", "[0-9A-Za-z]{37}", Above3),
        new("hf_ api_org_", "[A-Za-z]{34}", IsMixed),
        // LangSmith, Tavily, Apify
        new("lsv2_", "(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", Above3),
        new("tvly-", "(?:dev-|prod-)?[0-9A-Za-z]{32}", Above3),
        new("apify_api_", "[0-9A-Za-z]{36}", Above3),
    ];

    // Amazon Bedrock
    private static Form[] ModelForms() => [Open("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t")];

    /// <summary>Whether letters and digits look drawn at random: what begins with no more than sk- is kept from names and from keyboards.</summary>
    private static bool IsRandomSequence(ReadOnlySpan<byte> text)
    {
        var key = text["sk-".Length..];
        return key.ContainsAnyInRange((byte)'0', (byte)'9') && key.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Entropy.Of(key) > 3 && !HasSequence(key);
    }

    // abcdefgh, 12345678
    private static bool HasSequence(ReadOnlySpan<byte> text)
    {
        var length = 1;
        for (var i = 1; i < text.Length; i++)
        {
            length = text[i] == text[i - 1] + 1 ? length + 1 : 1;
            if (length == SequenceLength) return true;
        }
        return false;
    }

    // Not the name of something in a program: that is in one case.
    private static bool IsMixed(ReadOnlySpan<byte> text)
    {
        var letters = text[(text.LastIndexOf((byte)'_') + 1)..];
        return letters.ContainsAnyInRange((byte)'A', (byte)'Z') && letters.ContainsAnyInRange((byte)'a', (byte)'z') && Entropy.Of(text) > 2;
    }

    private static bool IsGoogleKey(ReadOnlySpan<byte> text) => Entropy.Of(text) > 4 && !HasSequence(text) && !IsPublished(text);

    /// <summary>Whether a key stands in public documentation, as gitleaks' allow list knows them; by hash, since keys are kept out of this repository.</summary>
    private static bool IsPublished(ReadOnlySpan<byte> text) => Published.Contains(Fnv1a(text));

    private static uint Fnv1a(ReadOnlySpan<byte> text)
    {
        var hash = 2166136261u;
        foreach (var c in text) hash = (hash ^ c) * 16777619u;
        return hash;
    }

    private static ReadOnlySpan<uint> Published =>
    [
        0x00D9B068, 0x0AF7CA9D, 0x1751C16C, 0x1845A427, 0x4E1351CB, 0x6A41F911, 0x722EF8D0, 0x739DDD87,
        0x8EE1D847, 0x965BD60A, 0xAF8FAB00, 0xB1887211, 0xB8782C2E, 0xC8A510E9, 0xF0951274, 0xF50C0E72,
    ];
}
