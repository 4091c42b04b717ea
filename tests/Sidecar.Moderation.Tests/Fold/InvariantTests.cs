using Sidecar.Moderation.Fold;

namespace Sidecar.Moderation.Tests.Fold;

public class InvariantTests
{
    internal static readonly FoldKinds[] EveryKinds = [.. Enumerable.Range(0, (int)FoldKinds.All + 1).Select(kinds => (FoldKinds)kinds)];

    public static TheoryData<FoldKinds> Kinds => [.. EveryKinds];

    [Theory, MemberData(nameof(Kinds))]
    public void Folding_twice_changes_nothing_more(FoldKinds kinds)
    {
        for (int codePoint = 0; codePoint < Folding.CodePoints; codePoint++)
        {
            List<int> once = Folding.Fold(kinds, codePoint);
            if (once is [int one] && one == codePoint)
                continue;
            Assert.Equal(once, Folding.Fold(kinds, once));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Both_cases_fold_alike_except_four_Greek_pairs(FoldKinds kinds)
    {
        FoldKinds with = kinds | FoldKinds.Case;
        FoldTable table = FoldTable.For(with);
        SortedSet<int> different = [];
        for (int codePoint = 0; codePoint < Folding.CodePoints; codePoint++)
        {
            int lower = table.Lower(codePoint);
            if (lower != codePoint && !Folding.Fold(with, codePoint).SequenceEqual(Folding.Fold(with, lower)))
                different.Add(Folding.Fold(FoldKinds.Width, codePoint)[0]);
        }
        Assert.Equal((kinds & FoldKinds.Confusables) != 0 ? ['Η', 'Μ', 'Ν', 'Υ'] : [], different);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Surrogates_and_private_use_are_themselves(FoldKinds kinds)
    {
        FoldTable table = FoldTable.For(kinds);
        Assert.All([.. Enumerable.Range(0xD800, 0x800 + 0x1900), 0x10FFFF], codePoint =>
        {
            Assert.True(Folding.IsItself(table, codePoint));
            Assert.Equal(codePoint, table.Lower(codePoint));
        });
    }

    [Fact]
    public void A_set_of_kinds_has_one_table() =>
        Assert.All(EveryKinds, kinds => Assert.Same(FoldTable.For(kinds), FoldTable.For(kinds)));

    [Fact]
    public void A_code_point_becomes_at_most_eighteen()
    {
        int most = 0;
        foreach (FoldKinds kinds in EveryKinds)
        {
            for (int codePoint = 0x80; codePoint < Folding.CodePoints; codePoint++)
                most = Math.Max(most, FoldTable.For(kinds).Fold(codePoint).Length);
        }
        Assert.Equal(18, most);
    }

    [Fact]
    public void Tables_are_small() => Assert.All(EveryKinds, kinds => Assert.InRange(FoldTable.For(kinds).ByteCount, 1, 200_000));

    [Fact]
    public void Folding_allocates_nothing()
    {
        FoldTable table = FoldTable.For(FoldKinds.All);
        long sum = Sum(table);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long again = Sum(table);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((sum, 0), (again, allocated));

        static long Sum(FoldTable table)
        {
            long sum = 0;
            for (int codePoint = 0x80; codePoint < Folding.CodePoints; codePoint++)
            {
                foreach (int one in table.Fold(codePoint))
                    sum += table.Lower(one) + (FoldTable.IsWord(one) ? 1 : 0);
            }
            return sum;
        }
    }

    /// <summary>Another version of Unicode, or another rule of the generator, shows here.</summary>
    [Theory]
    [InlineData(FoldKinds.None, 0, 0, 0)]
    [InlineData(FoldKinds.Case, 0, 0, 0)]
    [InlineData(FoldKinds.Width, 5857, 1403, 0)]
    [InlineData(FoldKinds.ZeroWidth, 4225, 0, 4225)]
    [InlineData(FoldKinds.Confusables, 5355, 4379, 907)]
    [InlineData(FoldKinds.Case | FoldKinds.Confusables, 5472, 4553, 907)]
    [InlineData(FoldKinds.All, 12608, 4553, 4875)]
    public void As_many_code_points_change_as_ever(FoldKinds kinds, int changed, int toAscii, int toNothing)
    {
        FoldTable table = FoldTable.For(kinds);
        (int, int, int) counts = (0, 0, 0);
        for (int codePoint = 0x80; codePoint < Folding.CodePoints; codePoint++)
        {
            ReadOnlySpan<int> folded = table.Fold(codePoint);
            if (Folding.IsItself(table, codePoint))
                continue;
            counts.Item1++;
            if (folded.IsEmpty)
                counts.Item3++;
            else if (!folded.ContainsAnyExceptInRange(0, 0x7F))
                counts.Item2++;
        }
        Assert.Equal((changed, toAscii, toNothing), counts);
    }
}
