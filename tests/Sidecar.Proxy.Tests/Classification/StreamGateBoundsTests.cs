using CsCheck;
using Sidecar.Providers;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Configuration;
using static Sidecar.Proxy.Tests.Classification.StreamGateRun;

namespace Sidecar.Proxy.Tests.Classification;

public sealed class StreamGateBoundsTests
{
    private static readonly Channel Thought = new(ChannelKind.Reasoning, 0, 0);

    [Theory]
    [InlineData(ClassifierGate.Sync, StreamGate.MaxHeldBytes)]
    [InlineData(ClassifierGate.Async, StreamGate.MaxLagBytes)]
    public void A_gate_with_too_much_undecided_text_is_full_until_a_verdict(ClassifierGate gate, int bound)
    {
        using var rig = new ClassifierRig(gate);
        using var run = new StreamGateRun(rig);
        for (var i = 0; i < bound / 64; i++) run.Offer(new string('a', 63) + " ");
        Assert.False(run.Gate.IsFull);
        run.Offer("a");
        Assert.True(run.Gate.IsFull);
        var waiting = run.Gate.WaitAsync();
        Assert.False(waiting.IsCompleted);
        rig.Questions()[0].Answer(isFlagged: false);
        Assert.True(waiting.IsCompletedSuccessfully);
        run.Gate.Advance();
        Assert.False(run.Gate.IsFull);
    }

    [Fact]
    public void Channels_have_windows_of_their_own_and_are_released_in_the_order_of_the_stream()
    {
        using var rig = new ClassifierRig();
        using var run = new StreamGateRun(rig);
        run.Offer("aaa ", Thought);
        run.Offer(Sentence('b') + "\n");
        var question = Assert.Single(rig.Questions());
        Assert.Equal(Sentence('b'), question.Input);
        question.Answer(isFlagged: false);
        run.Gate.Advance();
        // What is decided waits for what the client is to read before it.
        Assert.Equal(0, run.Gate.Released);
        run.Gate.End(Thought);
        run.Gate.Advance();
        question = Assert.Single(rig.Questions());
        Assert.Equal("aaa ", question.Input);
        question.Answer(isFlagged: false);
        run.Gate.Advance();
        Assert.Equal(4, run.Gate.Released);
        run.Gate.End();
        run.Gate.Advance();
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        run.Gate.Advance();
        Assert.Equal(55, run.Gate.Released);
    }

    [Fact]
    public void A_silent_provider_does_not_hold_up_half_a_sentence()
    {
        using var rig = new ClassifierRig();
        using var run = new StreamGateRun(rig);
        run.Offer("half a");
        run.Gate.Flush();
        run.Gate.Advance();
        Assert.Equal("half a", Assert.Single(rig.Questions()).Input);
        run.Offer(" sentence");
        Assert.Empty(rig.Questions());
    }

    [Fact]
    public void Many_channels_that_each_wait_for_a_sentence_never_block_a_full_gate()
    {
        using var rig = new ClassifierRig();
        using var run = new StreamGateRun(rig);
        // Half a code point first: nothing that a cut could take.
        run.Gate.Offer(new Channel(ChannelKind.Content, 0, 0), [0xE2, 0x82]);
        for (var i = 1; i < 200; i++) run.Offer($"choice {i,3} ", new Channel(ChannelKind.Content, i, 0));
        Assert.True(run.Gate.IsFull);
        var answered = 0;
        for (; run.Gate.IsFull; answered++)
        {
            Assert.False(run.Gate.WaitAsync().IsCompleted);
            foreach (var question in rig.Questions()) question.Answer(isFlagged: false);
            run.Gate.Advance();
        }
        Assert.InRange(answered, 1, 20);
        Assert.InRange(run.Gate.Offered - run.Gate.Released, 0, StreamGate.MaxHeldBytes);
    }

    [Fact]
    public void The_channels_beyond_the_bound_are_asked_about_as_one()
    {
        using var rig = new ClassifierRig();
        using var run = new StreamGateRun(rig);
        for (var i = 0; i < 70; i++) run.Offer($"{i} ", new Channel(ChannelKind.ToolArguments, 0, i));
        run.Gate.End();
        var inputs = new List<string>();
        for (run.Gate.Advance(); !run.Gate.IsDecided; run.Gate.Advance())
        {
            foreach (var question in rig.Questions())
            {
                inputs.Add(question.Input);
                question.Answer(isFlagged: false);
            }
        }
        Assert.Equal(StreamGate.MaxChannels, inputs.Count);
        Assert.Contains("63 64 65 66 67 68 69 ", inputs);
        Assert.Equal(run.Gate.Offered, run.Gate.Released);
    }

    [Theory]
    [InlineData(ClassifierGate.Sync)]
    [InlineData(ClassifierGate.Async)]
    public void Whatever_is_offered_and_answered_in_whatever_order_nothing_undecided_is_released(ClassifierGate mode)
    {
        using var rig = new ClassifierRig(mode);
        Gen.Int[0, 99].Select(Gen.Int[0, 2], Gen.Int[0, 5]).Array[1, 120].Sample(steps =>
        {
            using var play = new StreamGatePlay(rig);
            foreach (var (action, channel, size) in steps) play.Do(action, channel, size);
            play.Finish();
        }, iter: 200, threads: 1);
    }
}
