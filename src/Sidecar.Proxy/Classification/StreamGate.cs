using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Classification;

/// <summary>
/// The classifier's gate of one stream. Text is offered in the order in which the client is to read it; <see cref="Released"/> tells how much of it
/// may go out. One loop owns the gate: it offers, calls <see cref="Advance"/> after each read and whenever it is woken, and writes what is released;
/// while the gate <see cref="IsFull"/> it waits for a verdict instead of reading on. Only <see cref="Cancel"/> may be called by others.
/// </summary>
/// <param name="classifier">Who is asked.</param>
/// <param name="wake">Told, on any thread, that a verdict came in: makes the loop call <see cref="Advance"/>.</param>
internal sealed class StreamGate(Classifier classifier, Action wake) : IDisposable
{
    /// <summary>Most windows of a stream that are asked about at the same time.</summary>
    public const int MaxInFlight = 2;

    /// <summary>Bytes of undecided text past which a synchronous gate is full.</summary>
    public const int MaxHeldBytes = 2 * 1024;

    /// <summary>Bytes of undecided text past which an asynchronous gate is full: so far may a slow classifier lag behind.</summary>
    public const int MaxLagBytes = 64 * 1024;

    /// <summary>Channels with windows of their own; the texts of those beyond are asked about as one.</summary>
    public const int MaxChannels = 64;

    private readonly List<ChannelText> _channels = [];
    private readonly Queue<Piece> _pieces = [];
    private readonly Queue<Question> _questions = new(MaxInFlight);
    // Not disposed, as a cancellation may come late; it holds nothing.
    private readonly CancellationTokenSource _cancel = new();
    private long _decided;

    /// <summary>Bytes of text offered, all channels together.</summary>
    public long Offered { get; private set; }

    /// <summary>Bytes of those, from the first one on, that may be sent. <see cref="Advance"/> raises it; once the text is flagged it stays.</summary>
    public long Released { get; private set; }

    /// <summary>Whether a verdict stops the answer: text is flagged, or there is no verdict where one must be.</summary>
    public bool IsFlagged { get; private set; }

    /// <summary>Whether so much is undecided that nothing more is to be offered now. A question is under way then.</summary>
    public bool IsFull => !IsFlagged && Offered - _decided > (IsSync ? MaxHeldBytes : MaxLagBytes);

    /// <summary>Whether all that was offered is decided.</summary>
    public bool IsDecided => IsFlagged || _decided == Offered;

    private bool IsSync => classifier.Options.Gate == ClassifierGate.Sync;

    private bool IsOver => _cancel.IsCancellationRequested;

    /// <summary>Adds text that the client is to read next, as it is after all replacements.</summary>
    public void Offer(Channel channel, ReadOnlySpan<byte> text)
    {
        Offered += text.Length;
        if (text.IsEmpty || IsFlagged) return;
        var target = Find(channel) ?? Add(channel);
        target.Windows.Append(text);
        _pieces.Enqueue(new Piece(target, target.Windows.Length, Offered));
    }

    /// <summary>The channel's text is over: the rest of it is asked about as it is.</summary>
    public void End(Channel channel) => Find(channel)?.Windows.End();

    /// <summary>All text is over.</summary>
    public void End()
    {
        foreach (var channel in _channels) channel.Windows.End();
    }

    /// <summary>The provider is silent: text that waits for the rest of its sentence is asked about as it is.</summary>
    public void Flush()
    {
        foreach (var channel in _channels) channel.Windows.Cut();
    }

    /// <summary>Takes the verdicts that are in, in the order of the questions, and asks what can be asked.</summary>
    public void Advance()
    {
        do TakeVerdicts();
        while (!IsOver && Ask() && _questions.Peek().Verdict.IsCompleted);
        if (IsSync) Released = _decided;
        else if (!IsFlagged) Released = Offered;
    }

    /// <summary>Completes with the next verdict, or at once when none is awaited.</summary>
    public Task WaitAsync() => _questions.TryPeek(out var first) ? first.Verdict : Task.CompletedTask;

    /// <summary>The stream is over: questions under way are given up, which completes a wait.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>Gives up what is under way, and forgets the text.</summary>
    public void Dispose()
    {
        Cancel();
        foreach (var channel in _channels) channel.Windows.Dispose();
    }

    private void TakeVerdicts()
    {
        while (!IsOver && _questions.TryPeek(out var question) && question.Verdict.IsCompleted)
        {
            var verdict = question.Verdict.GetAwaiter().GetResult();
            // Cancelled in this very moment: that says nothing about the text.
            if (verdict == ClassifierVerdict.Cancelled) return;
            _questions.Dequeue();
            if (classifier.Passes(verdict)) Pass(question);
            else Flag();
        }
    }

    private void Pass(in Question question)
    {
        question.Text.Decided = question.End;
        while (_pieces.TryPeek(out var piece) && piece.Text.Decided >= piece.End)
        {
            _pieces.Dequeue();
            _decided = piece.StreamEnd;
        }
    }

    private void Flag()
    {
        IsFlagged = true;
        _questions.Clear();
        Cancel();
    }

    /// <summary>Asks as many questions as may be under way; whether one is.</summary>
    private bool Ask()
    {
        while (_questions.Count < MaxInFlight && (AskNext() || (_questions.Count == 0 && IsFull && AskEarly()))) { }
        return _questions.Count > 0;
    }

    /// <summary>Text that holds all other up goes first.</summary>
    private bool AskNext()
    {
        if (!_pieces.TryPeek(out var first)) return false;
        if (Ask(first.Text)) return true;
        foreach (var channel in _channels)
        {
            if (Ask(channel)) return true;
        }
        return false;
    }

    /// <summary>Where many channels each wait for the rest of a sentence, the one that holds all other up waits no more.</summary>
    private bool AskEarly()
    {
        var first = _pieces.Peek().Text;
        first.Windows.Cut();
        if (Ask(first)) return true;
        first.Windows.End();
        return Ask(first);
    }

    private bool Ask(ChannelText text)
    {
        if (!text.Windows.TryTake(out var window)) return false;
        var verdict = classifier.AskAsync(window.Input, _cancel.Token);
        _questions.Enqueue(new Question(text, text.Windows.Taken, verdict));
        if (!verdict.IsCompleted) _ = WakeAsync(verdict);
        return true;
    }

    private async Task WakeAsync(Task verdict)
    {
        // What went wrong is told to who takes the verdict.
        await verdict.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsOver) wake();
    }

    private ChannelText? Find(Channel channel)
    {
        foreach (var text in _channels)
        {
            if (text.Channel == channel) return text;
        }
        return _channels.Count == MaxChannels ? _channels[^1] : null;
    }

    private ChannelText Add(Channel channel)
    {
        var text = new ChannelText(channel);
        _channels.Add(text);
        return text;
    }

    private sealed class ChannelText(Channel channel)
    {
        public Channel Channel => channel;

        public ClassifierWindows Windows { get; } = new();

        /// <summary>Bytes of the channel, from its first one on, that passed.</summary>
        public long Decided { get; set; }
    }

    /// <summary>Text as it was offered: up to where it reaches in its channel and in the stream.</summary>
    private readonly record struct Piece(ChannelText Text, long End, long StreamEnd);

    /// <summary>A window that is asked about: up to where it reaches in its channel.</summary>
    private readonly record struct Question(ChannelText Text, long End, Task<ClassifierVerdict> Verdict);
}
