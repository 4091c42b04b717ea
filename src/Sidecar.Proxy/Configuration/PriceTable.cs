using System.Collections.Frozen;
using System.Text.Json;

namespace Sidecar.Proxy.Configuration;

/// <summary>
/// Prices by model, as a JSON object: <c>{ "gpt-4o": { "input": 2.5, "output": 10, "cached": 1.25, "reasoning": 10 }, "llama*": … }</c>, the last two optional.
/// A name stands for its dated editions too (<c>gpt-4o-2024-08-06</c>, <c>claude-sonnet-4@20250514</c>, <c>…-latest</c>), but for no other model that happens to begin
/// like it: <c>gpt-4o-audio</c> is another one, and a wrong price is worse than none. A final <c>*</c> stands for any end.
/// </summary>
public sealed class PriceTable
{
    private const int MaxModels = 10_000;
    private const int ShortestDate = 3;
    private const decimal MaxPrice = 1_000_000m;

    private static readonly Lazy<PriceTable> Embedded = new(ReadEmbedded);

    private readonly FrozenDictionary<string, ModelPrice> _byName;
    private readonly (string Prefix, ModelPrice Price)[] _byPrefix;

    private PriceTable(string? file, Dictionary<string, ModelPrice> prices)
    {
        File = file;
        _byName = prices.Where(pair => !pair.Key.EndsWith('*')).ToFrozenDictionary(StringComparer.Ordinal);
        _byPrefix = [.. prices.Where(pair => pair.Key.EndsWith('*')).Select(pair => (pair.Key[..^1], pair.Value)).OrderByDescending(entry => entry.Item1.Length)];
    }

    /// <summary>List prices of common models of OpenAI, Anthropic and Google; read when first asked for.</summary>
    public static PriceTable BuiltIn => Embedded.Value;

    /// <summary>The file it was read from; null for the built-in one.</summary>
    public string? File { get; }

    /// <summary>Reads a table; what is wrong with it, or null.</summary>
    /// <param name="file">Where it came from.</param>
    /// <param name="json">Its bytes.</param>
    /// <param name="table">The table, when nothing is wrong.</param>
    public static string? Parse(string? file, ReadOnlyMemory<byte> json, out PriceTable? table)
    {
        table = null;
        var prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "must be a JSON object of models";
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (prices.Count == MaxModels) return $"more than {MaxModels} models";
                var name = Shown.Text(member.Name);
                if (member.Name.TrimEnd('*').Contains('*', StringComparison.Ordinal) || member.Name.Length == 0) return $"`{name}`: a `*` may only stand at the end of a name";
                if (ReadPrice(member.Value, out var price) is { } problem) return $"`{name}`{problem}";
                if (!prices.TryAdd(member.Name, price)) return $"`{name}` stands there twice";
            }
        }
        catch (JsonException e)
        {
            return $"line {e.LineNumber + 1}: not JSON";
        }
        catch (InvalidOperationException)
        {
            return "holds a name that is not Unicode";
        }
        table = new PriceTable(file, prices);
        return prices.Count == 0 ? "holds no price" : null;
    }

    /// <summary>The price of a model; null where it is not known.</summary>
    public ModelPrice? Find(string? model)
    {
        if (model is null) return null;
        if (_byName.TryGetValue(model, out var price)) return price;
        var names = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        var name = model.AsSpan();
        while (name.LastIndexOfAny('-', '@') is var cut and > 0 && (IsDigits(name[(cut + 1)..]) || name[cut..] is "-latest"))
        {
            name = name[..cut];
            if (IsEdition(model.AsSpan(cut + 1)) && names.TryGetValue(name, out price)) return price;
        }
        foreach (var (prefix, known) in _byPrefix)
        {
            if (model.StartsWith(prefix, StringComparison.Ordinal)) return known;
        }
        return null;
    }

    // A date or the number of a build; one or two digits are a version, and that is another model.
    private static bool IsEdition(ReadOnlySpan<char> end)
    {
        var first = end.IndexOf('-') is var dash and >= 0 ? end[..dash] : end;
        return first.Length >= ShortestDate;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static string? ReadPrice(JsonElement value, out ModelPrice price)
    {
        price = null!;
        if (value.ValueKind != JsonValueKind.Object) return " must be an object of prices";
        decimal? input = null, output = null, cached = null, reasoning = null;
        foreach (var member in value.EnumerateObject())
        {
            if (!TryAmount(member.Value, out var amount)) return $".{Shown.Text(member.Name)} must be dollars for a million tokens, from 0 to {MaxPrice}";
            switch (member.Name)
            {
                case "input": input = amount; break;
                case "output": output = amount; break;
                case "cached": cached = amount; break;
                case "reasoning": reasoning = amount; break;
                default: return $": unknown price `{Shown.Text(member.Name)}`{Shown.Suggestion(member.Name, ["input", "output", "cached", "reasoning"])}";
            }
        }
        if (input is null || output is null) return " needs `input` and `output`";
        price = new ModelPrice(input.Value, output.Value) { Cached = cached, Reasoning = reasoning };
        return null;
    }

    private static bool TryAmount(JsonElement value, out decimal amount)
    {
        amount = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out amount) && amount is >= 0 and <= MaxPrice;
    }

    private static PriceTable ReadEmbedded()
    {
        using var stream = typeof(PriceTable).Assembly.GetManifestResourceStream("prices.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(null, bytes, out var table) is { } problem ? throw new InvalidOperationException(problem) : table!;
    }
}
