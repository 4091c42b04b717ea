namespace Sidecar.Moderation.Terms;

/// <summary>The code points that occur in terms, numbered from 1; any other is 0.</summary>
internal sealed class TermAlphabet
{
    private readonly Dictionary<int, int> _symbols = [];

    /// <summary>The symbol of a code point, 0 when it is in no term.</summary>
    public int SymbolOf(int codePoint) => _symbols.GetValueOrDefault(codePoint);

    /// <summary>The symbol of a code point, a new one when it had none.</summary>
    public int Add(int codePoint)
    {
        if (_symbols.TryGetValue(codePoint, out var symbol)) return symbol;
        symbol = _symbols.Count + 1;
        _symbols.Add(codePoint, symbol);
        return symbol;
    }
}
