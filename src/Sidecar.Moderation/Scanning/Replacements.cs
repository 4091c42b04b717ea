using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Scanning;

/// <summary>The edits of one text and what takes their place, written in the text's form.</summary>
internal sealed class Replacements(RuleTables tables, StreamNumbers numbers) : IDisposable
{
    private const int DigestBytes = 8;

    private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    private Edit[] _edits = [];
    private int _count;
    private byte[] _bytes = [];
    private int _length;

    /// <summary>The edits, in order.</summary>
    public ReadOnlySpan<Edit> Edits => _edits.AsSpan(0, _count);

    /// <summary>What takes an edit's place.</summary>
    public ReadOnlySpan<byte> Of(in Edit edit) => _bytes.AsSpan(edit.Replacement.Start, edit.Replacement.Length);

    /// <summary>Adds an edit.</summary>
    /// <param name="edit">Where, and why.</param>
    /// <param name="text">The text that it takes away, as written.</param>
    /// <param name="form">The text's form.</param>
    /// <param name="isInString">Where the form is JSON that holds strings: whether the text stands in one.</param>
    public void Add(in Edit edit, ReadOnlySpan<byte> text, TextForm form, bool isInString)
    {
        var start = _length;
        if (edit.Hit.Rule.Action is not (RuleAction.Flag or RuleAction.Terminate))
        {
            var isBare = form is TextForm.JsonValue or TextForm.JsonInJson && !isInString;
            if (isBare) Write("\""u8, form == TextForm.JsonInJson ? 1 : 0);
            Render(edit.Hit, text, form);
            if (isBare) Write("\""u8, form == TextForm.JsonInJson ? 1 : 0);
        }
        if (_count == _edits.Length) Array.Resize(ref _edits, Math.Max(4, _count * 2));
        _edits[_count++] = edit with { Replacement = (start, _length - start) };
    }

    /// <summary>Ends the last edit, which was open.</summary>
    public void Close(long end) => _edits[_count - 1] = _edits[_count - 1] with { End = end };

    /// <summary>Drops the edits that end at or before a position.</summary>
    public void Forget(long position)
    {
        var kept = 0;
        while (kept < _count && _edits[kept].End <= position) kept++;
        if (kept == 0) return;
        _count -= kept;
        Array.Copy(_edits, kept, _edits, 0, _count);
        if (_count == 0) _length = 0;
    }

    /// <summary>Drops all.</summary>
    public void Clear() => _count = _length = 0;

    /// <summary>Whether a candidate passes a test.</summary>
    public bool Passes(CandidateTest test, ReadOnlySpan<byte> text, TextForm form)
    {
        if (!text.ContainsAnyExceptInRange((byte)0, (byte)0x7F) && !text.Contains((byte)'\\')) return test(text);
        var folded = ArrayPool<byte>.Shared.Rent(FoldedBound(text));
        var passes = test(folded.AsSpan(0, Fold(text, form, folded)));
        ArrayPool<byte>.Shared.Return(folded);
        return passes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Clear();
    }

    private void Render(Hit hit, ReadOnlySpan<byte> text, TextForm form)
    {
        var layers = Layers(form);
        switch (hit.Rule.Action)
        {
            case RuleAction.Mask:
                Mask(text, form, hit.Rule.KeepLast);
                break;
            case RuleAction.Hash:
                Span<byte> hex = stackalloc byte[DigestBytes * 2];
                Convert.TryToHexStringLower(Digest(text, form, hit.Rule.Key ?? ProcessKey).AsSpan(0, DigestBytes), hex, out _);
                Write("["u8, layers);
                WriteText(hit.Type, layers);
                Write(":"u8, layers);
                Write(hex, layers);
                Write("]"u8, layers);
                break;
            default:
                Fill(hit, text, form, layers);
                break;
        }
    }

    // {type}, {TYPE} and {n} in the rule's text.
    private void Fill(Hit hit, ReadOnlySpan<byte> text, TextForm form, int layers)
    {
        var with = hit.Rule.With.AsSpan();
        while (!with.IsEmpty)
        {
            var brace = with.IndexOf('{');
            if (brace != 0)
            {
                var plain = brace < 0 ? with : with[..brace];
                WriteText(plain, layers);
                with = with[plain.Length..];
                continue;
            }
            if (with.StartsWith("{type}")) WriteText(hit.Type, layers);
            else if (with.StartsWith("{TYPE}")) WriteText(hit.Type.ToUpperInvariant(), layers);
            else if (with.StartsWith("{n}"))
            {
                var digest = BinaryPrimitives.ReadUInt128LittleEndian(Digest(text, form, ProcessKey));
                WriteText(numbers.Of(hit.Type, digest).ToString(System.Globalization.CultureInfo.InvariantCulture), layers);
            }
            else
            {
                WriteText("{", layers);
                with = with[1..];
                continue;
            }
            with = with[(with.IndexOf('}') + 1)..];
        }
    }

    private void Mask(ReadOnlySpan<byte> text, TextForm form, int keepLast)
    {
        var shown = Count(text, form) - keepLast;
        while (!text.IsEmpty)
        {
            var length = Next(text, form, out var isShown);
            if (isShown && shown-- > 0) Write("*"u8, 0);
            else if (isShown) Write(text[..length], 0);
            text = text[length..];
        }
    }

    private int Count(ReadOnlySpan<byte> text, TextForm form)
    {
        var count = 0;
        while (!text.IsEmpty)
        {
            text = text[Next(text, form, out var isShown)..];
            if (isShown) count++;
        }
        return count;
    }

    // Bytes of the next code point as written; whether it shows anything.
    private int Next(ReadOnlySpan<byte> text, TextForm form, out bool isShown)
    {
        var status = TextUnit.Read(text, form, out var codePoint, out var length);
        isShown = status == UnitStatus.CodePoint && (codePoint < 0x80 || !tables.Fold(codePoint).IsEmpty);
        return status == UnitStatus.NeedMore ? text.Length : length;
    }

    private byte[] Digest(ReadOnlySpan<byte> text, TextForm form, byte[] key)
    {
        var folded = ArrayPool<byte>.Shared.Rent(FoldedBound(text));
        var digest = HMACSHA256.HashData(key, folded.AsSpan(0, Fold(text, form, folded)));
        ArrayPool<byte>.Shared.Return(folded);
        return digest;
    }

    // The longest fold known is that of U+FDFA: three bytes to eighteen code points.
    private static int FoldedBound(ReadOnlySpan<byte> text) => text.Length * MaxFoldedBytesPerByte;

    private const int MaxFoldedBytesPerByte = 24;

    private int Fold(ReadOnlySpan<byte> text, TextForm form, Span<byte> folded)
    {
        var written = 0;
        while (!text.IsEmpty)
        {
            var status = TextUnit.Read(text, form, out var codePoint, out var length);
            text = text[(status == UnitStatus.NeedMore ? text.Length : length)..];
            if (status != UnitStatus.CodePoint) continue;
            if (codePoint < 0x80) folded[written++] = (byte)codePoint;
            else
            {
                foreach (var part in tables.Fold(codePoint)) written += new Rune(part).EncodeToUtf8(folded[written..]);
            }
        }
        return written;
    }

    private void WriteText(ReadOnlySpan<char> text, int layers)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes()) Write(utf8[..rune.EncodeToUtf8(utf8)], layers);
    }

    // Escapes for each layer of JSON the text stands in; what shows nothing in a line is a space in a text that is no JSON.
    private void Write(ReadOnlySpan<byte> text, int layers)
    {
        foreach (var c in text)
        {
            if (layers == 0) Put(c < 0x20 ? (byte)' ' : c);
            else if (c is (byte)'"' or (byte)'\\')
            {
                Write("\\"u8, layers - 1);
                Write([c], layers - 1);
            }
            else if (c < 0x20)
            {
                Write("\\u00"u8, layers - 1);
                Put((byte)('0' + (c >> 4)));
                Put("0123456789abcdef"u8[c & 0xF]);
            }
            else Put(c);
        }
    }

    private void Put(byte c)
    {
        if (_length == _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(64, _length * 2));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        _bytes[_length++] = c;
    }

    private static int Layers(TextForm form) => form switch
    {
        TextForm.Plain => 0,
        TextForm.JsonInJson => 2,
        _ => 1,
    };
}
