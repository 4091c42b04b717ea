using System.Text;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Upstream;
using static Sidecar.Proxy.Tests.Classification.StreamGateRun;

namespace Sidecar.Proxy.Tests.Classification;

public sealed class StreamGateTests
{
    [Fact]
    public void A_synchronous_gate_releases_text_with_its_verdict()
    {
        using var rig = new ClassifierRig();
        using var run = new StreamGateRun(rig);
        Assert.Equal(0, run.Offer(Sentence('a')));
        Assert.Empty(rig.Questions());
        Assert.Equal(0, run.Offer(" b"));
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
        using var run = new StreamGateRun(rig);
        run.Offer("a piece");
        run.Offer(new string('b', 100));
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
        using var run = new StreamGateRun(rig);
        run.Offer(Sentence('a'));
        run.Offer("\n" + Sentence('b') + "\n");
        var questions = rig.Questions();
        Assert.Equal(2, questions.Count);
        questions[0].Answer(isFlagged: false);
        questions[1].Answer(isFlagged: true);
        run.Gate.Advance();
        Assert.True(run.Gate.IsFlagged);
        Assert.Equal(50, run.Gate.Released);
        Assert.Equal(50, run.Offer(Sentence('c') + "\n"));
        Assert.Empty(rig.Questions());
        Assert.True(run.Gate.IsDecided);
        Assert.False(run.Gate.IsFull);
        Assert.True(run.Gate.WaitAsync().IsCompleted);
    }

    [Fact]
    public void An_asynchronous_gate_releases_text_at_once_and_a_verdict_stops_it()
    {
        using var rig = new ClassifierRig(ClassifierGate.Async);
        using var run = new StreamGateRun(rig);
        Assert.Equal(51, run.Offer(Sentence('a') + "\n"));
        Assert.Equal(102, run.Offer(Sentence('b') + "\n"));
        var questions = rig.Questions();
        questions[0].Answer(isFlagged: true);
        Assert.Equal(1, run.Woken);
        Assert.Equal(102, run.Offer(Sentence('c') + "\n"));
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
        using var run = new StreamGateRun(rig);
        foreach (var letter in "abcd") run.Offer(Sentence(letter) + "\n");
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
        using var run = new StreamGateRun(rig);
        foreach (var letter in "abcd") run.Offer(Sentence(letter) + "\n");
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
        using var run = new StreamGateRun(rig);
        run.Offer(Sentence('a') + "\n");
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
        using var run = new StreamGateRun(rig);
        rig.Upstream.ConnectError = UpstreamError.ConnectFailed;
        run.Gate.Offer(StreamGateRun.Answer, Encoding.UTF8.GetBytes(new string('a', 1000)));
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
        using var run = new StreamGateRun(rig);
        run.OnWake = run.Gate.Advance;
        run.Offer(Sentence('a') + "\n");
        run.Gate.End();
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        // The loop went on to the line's end, inside that answer.
        Assert.Equal(0, run.Gate.Released);
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        Assert.Equal(51, run.Gate.Released);
    }

    [Fact]
    public void A_stream_that_is_over_gives_up_its_questions_and_wakes_nobody()
    {
        using var rig = new ClassifierRig();
        using var run = new StreamGateRun(rig);
        run.Offer($"{Sentence('a')}\n{Sentence('b')}\n");
        var questions = rig.Questions();
        var waiting = run.Gate.WaitAsync();
        run.Gate.Cancel();
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.All(questions, question => Assert.True(question.Connection.IsAborted));
        Assert.Equal(0, run.Woken);
        Assert.Empty(rig.Observed);
        Assert.Equal(0, run.Offer(Sentence('c') + "\n"));
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
        using var run = new StreamGateRun(rig);
        run.Offer("");
        run.Gate.End(StreamGateRun.Answer);
        run.Gate.End();
        run.Gate.Flush();
        run.Gate.Advance();
        Assert.True(run.Gate.IsDecided);
        Assert.False(run.Gate.IsFull);
        Assert.True(run.Gate.WaitAsync().IsCompleted);
        Assert.Empty(rig.Connections);
    }
}
