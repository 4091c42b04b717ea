using System.Text;
using CsCheck;
using Sidecar.Providers;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Classification;

public sealed class StreamGateTests
{
    private static readonly Channel Answer = new(ChannelKind.Content, 0, 0);
    private static readonly Channel Thought = new(ChannelKind.Reasoning, 0, 0);

    /// <summary>A gate and how often it woke its loop.</summary>
    private sealed class Run(ClassifierRig rig) : IDisposable
    {
        private StreamGate? _gate;

        public StreamGate Gate => _gate ??= new StreamGate(rig.Classifier, () => Woken++);

        public int Woken { get; private set; }

        public void Dispose() => Gate.Dispose();
    }

    private static string Sentence(char letter) => new string(letter, 49) + ".";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static long Offer(StreamGate gate, string text, Channel? channel = null)
    {
        gate.Offer(channel ?? Answer, Bytes(text));
        gate.Advance();
        return gate.Released;
    }

    [Fact]
    public void A_synchronous_gate_releases_text_with_its_verdict()
    {
        using var rig = new ClassifierRig();
        using var run = new Run(rig);
        Assert.Equal(0, Offer(run.Gate, Sentence('a')));
        Assert.Empty(rig.Questions());
        Assert.Equal(0, Offer(run.Gate, " b"));
        var question = Assert.Single(rig.Questions());
        Assert.Equal(Sentence('a'), question.Input);
        Assert.Equal(0, run.Woken);
        question.Answer(isFlagged: false);
        Assert.Equal(1, run.Woken);
        Assert.Equal(0, run.Gate.Released);
        run.Gate.Advance();
        Assert.Equal(50, run.Gate.Released);
        Assert.Equal(52, run.Gate.Offered);
        Assert.False(run.Gate.IsDecided);
        run.Gate.End();
        run.Gate.Advance();
        Assert.Equal(Sentence('a') + " b", Assert.Single(rig.Questions()).Input);
    }

    [Fact]
    public void Text_is_released_as_it_was_offered_when_its_last_window_is_decided()
    {
        using var rig = new ClassifierRig();
        using var run = new Run(rig);
        Offer(run.Gate, "a piece");
        Offer(run.Gate, new string('b', 100));
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        run.Gate.Advance();
        Assert.Equal(7, run.Gate.Released);
        run.Gate.End();
        run.Gate.Advance();
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        run.Gate.Advance();
        Assert.Equal(107, run.Gate.Released);
        Assert.True(run.Gate.IsDecided);
    }

    [Fact]
    public void A_flagged_window_stops_a_synchronous_stream_before_its_text()
    {
        using var rig = new ClassifierRig();
        using var run = new Run(rig);
        Offer(run.Gate, Sentence('a'));
        Offer(run.Gate, "\n" + Sentence('b') + "\n");
        var questions = rig.Questions();
        Assert.Equal(2, questions.Count);
        questions[0].Answer(isFlagged: false);
        questions[1].Answer(isFlagged: true);
        run.Gate.Advance();
        Assert.True(run.Gate.IsFlagged);
        Assert.Equal(50, run.Gate.Released);
        Assert.Equal(50, Offer(run.Gate, Sentence('c') + "\n"));
        Assert.Empty(rig.Questions());
        Assert.True(run.Gate.IsDecided);
        Assert.False(run.Gate.IsFull);
        Assert.True(run.Gate.WaitAsync().IsCompleted);
    }

    [Fact]
    public void An_asynchronous_gate_releases_text_at_once_and_a_verdict_stops_it()
    {
        using var rig = new ClassifierRig(ClassifierGate.Async);
        using var run = new Run(rig);
        Assert.Equal(51, Offer(run.Gate, Sentence('a') + "\n"));
        Assert.Equal(102, Offer(run.Gate, Sentence('b') + "\n"));
        var questions = rig.Questions();
        questions[0].Answer(isFlagged: true);
        Assert.Equal(1, run.Woken);
        Assert.Equal(102, Offer(run.Gate, Sentence('c') + "\n"));
        Assert.True(run.Gate.IsFlagged);
        // Nobody wants to know what the other one would have been.
        Assert.True(questions[1].Connection.IsAborted);
        Assert.Equal([ClassifierVerdict.Flagged], rig.Observed.Select(observed => observed.Verdict));
        Assert.Equal(1, run.Woken);
    }

    [Theory]
    [InlineData(ClassifierGate.Sync)]
    [InlineData(ClassifierGate.Async)]
    public void Two_windows_are_in_flight_and_their_verdicts_are_taken_in_order(ClassifierGate gate)
    {
        using var rig = new ClassifierRig(gate);
        using var run = new Run(rig);
        foreach (var letter in "abcd") Offer(run.Gate, Sentence(letter) + "\n");
        var questions = rig.Questions();
        Assert.Equal(["a", "b"], questions.Select(question => question.Input[^2].ToString()));
        questions[1].Answer(isFlagged: true);
        run.Gate.Advance();
        Assert.False(run.Gate.IsFlagged);
        Assert.Empty(rig.Questions());
        questions[0].Answer(isFlagged: false);
        run.Gate.Advance();
        Assert.True(run.Gate.IsFlagged);
        Assert.Empty(rig.Questions());
    }

    [Fact]
    public void The_next_window_is_asked_about_when_the_first_verdict_is_taken()
    {
        using var rig = new ClassifierRig();
        using var run = new Run(rig);
        foreach (var letter in "abcd") Offer(run.Gate, Sentence(letter) + "\n");
        rig.Questions()[0].Answer(isFlagged: false);
        run.Gate.Advance();
        // The sentence, its line's end, and the text before.
        Assert.Equal($"{Sentence('a')}\n{Sentence('b')}\n{Sentence('c')}", Assert.Single(rig.Questions()).Input);
        Assert.Single(rig.Observed);
    }

    [Theory]
    [InlineData(true, ClassifierVerdict.Timeout)]
    [InlineData(false, ClassifierVerdict.Timeout)]
    [InlineData(true, ClassifierVerdict.Error)]
    [InlineData(false, ClassifierVerdict.Error)]
    public void Without_a_verdict_the_failure_policy_decides(bool failOpen, ClassifierVerdict verdict)
    {
        using var rig = new ClassifierRig(failOpen: failOpen);
        using var run = new Run(rig);
        Offer(run.Gate, Sentence('a') + "\n");
        run.Gate.End();
        if (verdict == ClassifierVerdict.Timeout) rig.Time.Advance(300);
        else Assert.Single(rig.Questions()).Connection.Send(ClassifierRig.Response("{}", "500 Oh"));
        run.Gate.Advance();
        Assert.Equal(!failOpen, run.Gate.IsFlagged);
        if (failOpen) Assert.Single(rig.Questions()).Answer(isFlagged: false);
        run.Gate.Advance();
        Assert.Equal(failOpen ? 51 : 0, run.Gate.Released);
        Assert.Equal(verdict, rig.Observed[0].Verdict);
    }

    [Fact]
    public void Verdicts_that_are_there_at_once_need_no_waking()
    {
        using var rig = new ClassifierRig(failOpen: true);
        using var run = new Run(rig);
        rig.Upstream.ConnectError = UpstreamError.ConnectFailed;
        run.Gate.Offer(Answer, Bytes(new string('a', 1000)));
        run.Gate.End();
        run.Gate.Advance();
        Assert.Equal(1000, run.Gate.Released);
        Assert.Equal(0, run.Woken);
        Assert.Equal(5, rig.Observed.Count);
    }

    [Fact]
    public void A_loop_that_is_woken_finds_the_verdict()
    {
        using var rig = new ClassifierRig();
        StreamGate? gate = null;
        long released = -1;
        gate = new StreamGate(rig.Classifier, () =>
        {
            gate!.Advance();
            released = gate.Released;
        });
        Offer(gate, Sentence('a') + "\n");
        gate.End();
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        Assert.Equal(0, released);
        gate.Advance();
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        Assert.Equal(51, released);
        gate.Dispose();
    }

    [Theory]
    [InlineData(ClassifierGate.Sync, StreamGate.MaxHeldBytes)]
    [InlineData(ClassifierGate.Async, StreamGate.MaxLagBytes)]
    public void A_gate_with_too_much_undecided_text_is_full_until_a_verdict(ClassifierGate gate, int bound)
    {
        using var rig = new ClassifierRig(gate);
        using var run = new Run(rig);
        for (var i = 0; i < bound / 64; i++) Offer(run.Gate, new string('a', 63) + " ");
        Assert.False(run.Gate.IsFull);
        Offer(run.Gate, "a");
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
        using var run = new Run(rig);
        Offer(run.Gate, "aaa ", Thought);
        Offer(run.Gate, Sentence('b') + "\n");
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
        using var run = new Run(rig);
        Offer(run.Gate, "half a");
        run.Gate.Flush();
        run.Gate.Advance();
        Assert.Equal("half a", Assert.Single(rig.Questions()).Input);
        Offer(run.Gate, " sentence");
        Assert.Empty(rig.Questions());
    }

    [Fact]
    public void Many_channels_that_each_wait_for_a_sentence_never_block_a_full_gate()
    {
        using var rig = new ClassifierRig();
        using var run = new Run(rig);
        // Half a code point first: nothing that a cut could take.
        run.Gate.Offer(new Channel(ChannelKind.Content, 0, 0), [0xE2, 0x82]);
        for (var i = 1; i < 200; i++) Offer(run.Gate, $"choice {i,3} ", new Channel(ChannelKind.Content, i, 0));
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
        using var run = new Run(rig);
        for (var i = 0; i < 70; i++) Offer(run.Gate, $"{i} ", new Channel(ChannelKind.ToolArguments, 0, i));
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

    [Fact]
    public void A_stream_that_is_over_gives_up_its_questions_and_wakes_nobody()
    {
        using var rig = new ClassifierRig();
        using var run = new Run(rig);
        Offer(run.Gate, $"{Sentence('a')}\n{Sentence('b')}\n");
        var questions = rig.Questions();
        var waiting = run.Gate.WaitAsync();
        run.Gate.Cancel();
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.All(questions, question => Assert.True(question.Connection.IsAborted));
        Assert.Equal(0, run.Woken);
        Assert.Empty(rig.Observed);
        Assert.Equal(0, Offer(run.Gate, Sentence('c') + "\n"));
        Assert.Empty(rig.Questions());
        // That it was given up says nothing about its text.
        Assert.False(run.Gate.IsFlagged);
        run.Gate.Dispose();
        run.Gate.Cancel();
        Assert.Equal(0, rig.Upstream.Pool.OpenConnections);
    }

    [Fact]
    public void Without_text_there_is_nothing_to_ask_or_to_wait_for()
    {
        using var rig = new ClassifierRig();
        using var run = new Run(rig);
        Offer(run.Gate, "");
        run.Gate.End(Answer);
        run.Gate.End();
        run.Gate.Flush();
        run.Gate.Advance();
        Assert.True(run.Gate.IsDecided);
        Assert.False(run.Gate.IsFull);
        Assert.True(run.Gate.WaitAsync().IsCompleted);
        Assert.Empty(rig.Connections);
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
