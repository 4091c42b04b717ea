using System.Text;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>
/// A stream is the batch: whatever the text, the policy, the form it is written in and the places where it is split, the client gets at every moment
/// a beginning of one and the same text, which is what trying every substring gives.
/// </summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    // Of a text under one policy, in all forms together. Those of the texts made here alone are the million of a run.
    private const int SplitsOfAText = 1_000;
    private const int SplitsOfARun = 1_000_000;

    private static readonly TextForm[] Forms = [TextForm.Plain, TextForm.JsonString, TextForm.JsonInJson];

    public static TheoryData<string> Policies => [.. CorpusPolicies.All.Select(policy => policy.Name)];

    [Theory, MemberData(nameof(Policies))]
    public void However_a_text_is_written_and_split_the_client_gets_what_trying_every_substring_gives(string name)
    {
        Corpora.TellAbsence(output);
        var policy = CorpusPolicies.All.Single(policy => policy.Name == name);
        var set = RuleSets.Build(policy.Rules);
        var judge = new Judge([.. policy.Rules.Where(rule => rule.Action != RuleAction.Flag)], FoldKinds.All);
        var flagJudge = new Judge([.. policy.Rules.Where(rule => rule.Action == RuleAction.Flag)], FoldKinds.All);
        var writing = new Writing(seed: 7);
        var run = new SplitRun(set, seed: 11);
        foreach (var corpus in Corpora.All)
        {
            var changed = 0;
            foreach (var text in corpus.Texts)
            {
                var judged = judge.Apply(text);
                var flags = flagJudge.Find(text).Count;
                if (judged != text || flags > 0) changed++;
                foreach (var form in Forms)
                {
                    var written = writing.Write(text, form);
                    var whole = Streamed.Apply(set, written, [], out var told, form);
                    if (Writing.IsFaithful(text, form)) Assert.Equal((Visible(judged), flags), (Visible(Writing.Read(whole, form)), told));
                    run.TryAll(written, Encoding.UTF8.GetBytes(whole), told, form, (SplitsOfAText + Forms.Length - 1) / Forms.Length);
                }
            }
            output.WriteLine($"{name}: {corpus.Texts.Count} texts {corpus.Name}, {changed} changed, {run.RandomCount} random splits so far, {run.Count} in all");
            Assert.True(changed > 0 || corpus.Name != "made here");
        }
        Assert.True(run.RandomCount >= SplitsOfARun / CorpusPolicies.All.Count, $"{run.RandomCount} random splits");
    }

    // What shows nothing goes with a match that only grew, and stays behind one that ended: of no consequence, and the same for every split.
    private static string Visible(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => rune.IsAscii || !FoldTable.For(FoldKinds.All).Fold(rune.Value).IsEmpty).Select(rune => rune.ToString()));
}
