using System.Text;
using CsCheck;
using Sidecar.Proxy.Classification;

namespace Sidecar.Proxy.Tests.Classification;

public sealed class ClassifierWindowsTests
{
    private static readonly string[] Pieces =
    [
        "word", "a", "sentence", " ", " ", "  ", ". ", ".", "! ", "? ", "\n", "\u3002", "\uFF01", "\uFF1F", "\u5B57\u6F22", "e\u0301", "\U0001F600", "\u00A0",
        "3.14", new string('x', 50), "ein langes Wort nach dem anderen, ",
    ];

    private static Gen<string> Texts => Gen.Int[0, Pieces.Length - 1].Array[0, 150].Select(chosen => string.Concat(chosen.Select(i => Pieces[i])));

    private static string Text(ReadOnlySpan<byte> bytes) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);

    private static string A(int count) => new('a', count);

    /// <summary>The windows of a text that comes in those pieces; each is taken as soon as it is there.</summary>
    private static List<(byte[] Context, byte[] Text)> Windows(byte[] text, IEnumerable<int> ends)
    {
        using var windows = new ClassifierWindows();
        var taken = new List<(byte[], byte[])>();
        var start = 0;
        foreach (var end in ends)
        {
            windows.Append(text.AsSpan(start..end));
            start = end;
            Take();
        }
        windows.End();
        Take();
        Assert.Equal(text.Length, windows.Length);
        Assert.Equal(text.Length, windows.Taken);
        return taken;

        void Take()
        {
            while (windows.TryTake(out var window)) taken.Add((window.Context.ToArray(), window.Text.ToArray()));
        }
    }

    private static List<(byte[] Context, byte[] Text)> Windows(string text) => Windows(Encoding.UTF8.GetBytes(text), [Encoding.UTF8.GetByteCount(text)]);

    private static int[] Split(int length, int[] sizes)
    {
        var ends = new List<int>();
        for (var (end, i) = (0, 0); end < length; i++) ends.Add(end = Math.Min(length, end + sizes[i % sizes.Length]));
        return [.. ends];
    }

    /// <summary>The same rules over the whole text at once.</summary>
    private static List<string> Batch(string text)
    {
        var runes = text.EnumerateRunes().ToArray().AsSpan();
        var windows = new List<string>();
        for (var limit = 80; !runes.IsEmpty; limit = 240)
        {
            var length = FirstLength(runes, limit);
            windows.Add(string.Concat(runes[..length].ToArray()));
            runes = runes[length..];
        }
        return windows;
    }

    private static int FirstLength(ReadOnlySpan<Rune> runes, int limit)
    {
        for (var n = 40; n <= Math.Min(limit, runes.Length); n++)
        {
            if ("\n\u3002\uFF01\uFF1F".EnumerateRunes().Contains(runes[n - 1])) return n;
            if (".!?".EnumerateRunes().Contains(runes[n - 1]) && n < runes.Length && Rune.IsWhiteSpace(runes[n])) return n;
        }
        if (runes.Length < limit) return runes.Length;
        if (".!?".EnumerateRunes().Contains(runes[limit - 1])) return limit;
        for (var n = limit; n >= 40; n--)
        {
            if (Rune.IsWhiteSpace(runes[n - 1])) return n;
        }
        return limit;
    }

    public static TheoryData<string, string[]> Table => new()
    {
        { "", [] },
        { "Short.", ["Short."] },
        { $"{A(39)}. Then", [$"{A(39)}.", " Then"] },
        { $"{A(38)}. Then", [$"{A(38)}. Then"] },
        { $"{A(45)}.5 and", [$"{A(45)}.5 and"] },
        { $"{A(45)}?! and", [$"{A(45)}?!", " and"] },
        { $"{A(45)}\nand", [$"{A(45)}\n", "and"] },
        { $"{A(45)}\u3002and", [$"{A(45)}\u3002", "and"] },
        { $"{A(45)}\uFF01\uFF1F", [$"{A(45)}\uFF01", "\uFF1F"] },
        { $"{A(45)}.\u3000and", [$"{A(45)}.", "\u3000and"] },
        { A(100), [A(80), A(20)] },
        { A(330), [A(80), A(240), A(10)] },
        { $"{A(70)} {A(20)} {A(200)} {A(30)}", [$"{A(70)} ", $"{A(20)} {A(200)} ", A(30)] },
        { $"{A(79)}. {A(3)}", [$"{A(79)}.", $" {A(3)}"] },
        { string.Concat(Enumerable.Repeat("\U0001F600", 90)), [string.Concat(Enumerable.Repeat("\U0001F600", 80)), string.Concat(Enumerable.Repeat("\U0001F600", 10))] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Text_is_cut_behind_a_sentence_or_where_a_window_is_full(string text, string[] expected) =>
        Assert.Equal(expected, Windows(text).Select(window => Text(window.Text)));

    [Fact]
    public void A_window_is_there_as_soon_as_the_text_tells_its_end_and_no_sooner()
    {
        using var windows = new ClassifierWindows();
        windows.Append(Encoding.ASCII.GetBytes(A(50) + "."));
        Assert.False(windows.TryTake(out _));
        windows.Append(" "u8);
        Assert.True(windows.TryTake(out var window));
        Assert.Equal(A(50) + ".", Text(window.Text));
        Assert.Equal(51, windows.Taken);
        Assert.Equal(52, windows.Length);
        Assert.False(windows.TryTake(out _));
    }

    [Fact]
    public void Any_split_of_a_text_gives_the_windows_of_the_whole() =>
        Texts.Select(Gen.Int[1, 40].Array[1, 10]).Sample((text, sizes) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var expected = Batch(text);
            Assert.Equal(expected, Windows(text).Select(window => Text(window.Text)));
            Assert.Equal(expected, Windows(bytes, Split(bytes.Length, sizes)).Select(window => Text(window.Text)));
            Assert.Equal(expected, Windows(bytes, Enumerable.Range(1, bytes.Length)).Select(window => Text(window.Text)));
        }, iter: 500);

    [Fact]
    public void The_context_is_the_text_before_the_window_up_to_200_characters() =>
        Texts.Select(Gen.Int[1, 40].Array[1, 10]).Sample((text, sizes) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var before = "";
            foreach (var (context, window) in Windows(bytes, Split(bytes.Length, sizes)))
            {
                var runes = before.EnumerateRunes().ToArray();
                Assert.Equal(string.Concat(runes.Skip(runes.Length - 200)), Text(context));
                before += Text(window);
            }
        }, iter: 500);

    [Fact]
    public void Windows_are_bounded_and_none_but_the_last_is_short() =>
        Texts.Sample(text =>
        {
            var windows = Windows(text).Select(window => Text(window.Text).EnumerateRunes().Count()).ToArray();
            for (var i = 0; i < windows.Length; i++)
            {
                Assert.InRange(windows[i], i < windows.Length - 1 ? 40 : 1, i == 0 ? 80 : 240);
            }
        }, iter: 500);

    [Fact]
    public void Bytes_that_are_no_text_are_cut_alike_however_they_are_split_and_none_is_lost() =>
        Gen.OneOf(Gen.Byte, Gen.Int[0x80, 0xFF].Select(i => (byte)i), Gen.Const((byte)'.'), Gen.Const((byte)' ')).Array[0, 1500]
            .Select(Gen.Int[1, 300].Array[1, 10]).Sample((bytes, sizes) =>
            {
                var whole = Windows(bytes, bytes.Length == 0 ? [] : [bytes.Length]);
                var split = Windows(bytes, Split(bytes.Length, sizes));
                Assert.Equal(bytes, whole.SelectMany(window => window.Text));
                Assert.Equal(whole.Select(window => Convert.ToHexString(window.Text)), split.Select(window => Convert.ToHexString(window.Text)));
                Assert.Equal(whole.Select(window => Convert.ToHexString(window.Context)), split.Select(window => Convert.ToHexString(window.Context)));
                Assert.All(whole, window => Assert.True(window.Text.Length <= 960 && window.Context.Length <= 800));
            }, iter: 200);

    [Fact]
    public void A_cut_takes_what_there_is_but_leaves_an_incomplete_code_point()
    {
        using var windows = new ClassifierWindows();
        var smile = "\U0001F600"u8;
        windows.Append("I see "u8);
        windows.Append(smile[..3]);
        windows.Cut();
        Assert.True(windows.TryTake(out var window));
        Assert.Equal("I see ", Text(window.Text));
        windows.Cut();
        Assert.False(windows.TryTake(out _));
        windows.Append(smile[3..]);
        Assert.False(windows.TryTake(out _));
        windows.Cut();
        Assert.True(windows.TryTake(out window));
        Assert.Equal("\U0001F600", Text(window.Text));
        Assert.Equal("I see ", Text(window.Context));
    }

    [Fact]
    public void The_end_takes_what_there_is_and_a_cut_behind_it_changes_nothing()
    {
        using var windows = new ClassifierWindows();
        windows.Append([(byte)'a', 0xE2, 0x82]);
        windows.End();
        windows.Cut();
        Assert.True(windows.TryTake(out var window));
        Assert.Equal(3, window.Text.Length);
        Assert.False(windows.TryTake(out _));
    }

    [Fact]
    public void Text_behind_the_end_waits_for_its_own()
    {
        using var windows = new ClassifierWindows();
        windows.Append("One."u8);
        windows.End();
        Assert.True(windows.TryTake(out _));
        Assert.False(windows.TryTake(out _));
        windows.Append("Two."u8);
        Assert.False(windows.TryTake(out _));
        windows.End();
        Assert.True(windows.TryTake(out var window));
        Assert.Equal("One.Two.", Text(window.Input));
    }

    [Fact]
    public void Forgotten_text_is_gone()
    {
        var windows = new ClassifierWindows();
        windows.Append("One."u8);
        windows.Dispose();
        windows.Dispose();
        windows.End();
        Assert.False(windows.TryTake(out _));
    }

    [Fact]
    public void A_long_stream_is_cut_without_allocations()
    {
        using var windows = new ClassifierWindows();
        Feed(windows, 100);
        // Now and then the runtime allocates on this thread too; it does not do so every time.
        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Feed(windows, 1000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);

        static void Feed(ClassifierWindows windows, int count)
        {
            for (var i = 0; i < count; i++)
            {
                windows.Append("an event's words. "u8);
                while (windows.TryTake(out _)) { }
            }
        }
    }
}
