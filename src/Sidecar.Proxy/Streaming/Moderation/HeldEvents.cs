using System.Buffers;
using System.Runtime.InteropServices;
using Sidecar.Moderation;
using Sidecar.Moderation.Text;
using Sidecar.Protocols;
using Sidecar.Providers;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>
/// The events of one stream on their way through a policy, in order. An event goes as soon as all of its texts are decided: byte for byte where nothing was
/// found in them, rewritten where something was. One that is undecided holds those behind it, until its texts go on or end.
/// <code>
/// Add: texts → scanners        Release: decided? ── no ─→ wait (Divide: what is decided goes now, the rest later)
///                                          └─ yes ─→ found? ── no ─→ the very bytes
///                                                        ├─ yes ─→ rewritten bytes
///                                                        └─ terminate ─→ cut before the match, and nothing after it
/// </code>
/// </summary>
internal sealed class HeldEvents : IDisposable
{
    /// <summary>Bytes of events that may wait in one stream.</summary>
    public const int MaxWaitingBytes = 2 * 1024 * 1024;

    // An event that is undecided is held whole, since it goes as it came if nothing is found. Not for long, though: where the provider pauses, or other texts go on
    // behind it, what is decided of it goes at once.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(200);
    private const int MaxUndividedBytes = 64 * 1024;

    private readonly ExchangeRecord _record;
    private readonly ChannelTexts _texts;
    private readonly EventRewriter _rewriter;
    private readonly EventIntake _intake;
    private readonly ModeratedEnding? _ending;
    private readonly VerdictGate? _gate;
    private readonly List<HeldEvent> _queue = [];
    private readonly List<Piece> _pieces = [];
    private readonly DividedEvents _divided;
    private int _waitingBytes;
    private readonly long _maxWait;
    private int _contentEvents;
    private bool _isEnding;
    private bool _isEnded;

    /// <param name="policy">What is looked for.</param>
    /// <param name="dialect">What events mean.</param>
    /// <param name="record">Told of what was found.</param>
    /// <param name="time">Whose timestamps they are.</param>
    /// <param name="wake">Called, on any thread, when <see cref="Release"/> has something new to do.</param>
    public HeldEvents(Policy policy, Dialect dialect, ExchangeRecord record, TimeProvider time, Action wake)
    {
        _maxWait = (long)(MaxWait.TotalSeconds * time.TimestampFrequency);
        _record = record;
        _texts = new ChannelTexts(policy, OnFound);
        _ending = policy.CanTerminate ? ModeratedEnding.Of(dialect) : null;
        _rewriter = new EventRewriter(policy, dialect, _texts, OnFound, _ending);
        _intake = new EventIntake(policy, dialect, _texts, _rewriter, _ending);
        _divided = new DividedEvents(_texts, _rewriter);
        if (policy.Classifier is { } classifier) _gate = new VerdictGate(new StreamGate(classifier, wake));
    }

    /// <summary>Whether nothing more may be read before a verdict is in.</summary>
    public bool IsFull => _gate is { IsFull: true };

    /// <summary>Whether a verdict may still end the answer.</summary>
    public bool AwaitsVerdict => !IsTerminated && _gate is { IsAwaited: true };

    /// <summary>Whether a rule has ended the answer: what was to be sent of it is sent.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>Whether more has to be held than may be: it fails closed.</summary>
    public bool IsOverfull => _texts.IsOverfull || _waitingBytes + _divided.Bytes > MaxWaitingBytes;

    /// <summary>Events that wait.</summary>
    public int Count => _queue.Count;

    /// <summary>Timestamp from which on the first event that waits is divided; 0 when none waits.</summary>
    public long DividesAt { get; private set; }

    /// <summary>Bytes of text that are held.</summary>
    public long HeldBytes => _texts.HeldBytes;

    /// <summary>Events with content that were sent since this was last asked.</summary>
    public int TakeContentEvents()
    {
        var count = _contentEvents;
        _contentEvents = 0;
        return count;
    }

    /// <summary>Takes the next event.</summary>
    /// <param name="start">Where it starts in the bytes that wait.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="frame">Its frame.</param>
    /// <param name="data">Its data.</param>
    /// <param name="meaning">What it means.</param>
    /// <param name="hasContent">Whether it carries content.</param>
    public void Add(int start, ReadOnlySpan<byte> bytes, in Frame frame, ReadOnlySpan<byte> data, EventMeaning meaning, bool hasContent)
    {
        if (_isEnding || IsTerminated) return;
        var held = new HeldEvent { Start = start, Frame = frame, FirstPiece = _pieces.Count, Marks = hasContent ? EventMarks.Content : EventMarks.None };
        if (frame.Kind == FrameKind.Event)
        {
            held.Marks |= _rewriter.LookAtLines(bytes, frame);
            held.Marks |= _intake.Take(frame, data, meaning, _pieces);
        }
        else if (frame.Kind is FrameKind.Empty or FrameKind.Comment) held.Marks |= _rewriter.LookAt(bytes);
        else _intake.TakePlain(bytes, _pieces);
        if (_texts.IsTerminated || (held.Marks & EventMarks.Terminates) != 0) BeginEnding();
        held.PieceCount = _pieces.Count - held.FirstPiece;
        _queue.Add(held);
    }

    /// <summary>Takes the next event, which is not the client's: it goes nowhere, and its texts are not looked at.</summary>
    public void AddHidden(int start, in Frame frame)
    {
        if (!_isEnding && !IsTerminated) _queue.Add(new HeldEvent { Start = start, Frame = frame, FirstPiece = _pieces.Count, Marks = EventMarks.Hidden });
    }

    /// <summary>The last event is not to go: it was cut.</summary>
    public void RemoveLast()
    {
        var last = _queue[^1];
        foreach (ref readonly var piece in PiecesOf(last)) _texts.Release(piece);
        _pieces.RemoveRange(last.FirstPiece, last.PieceCount);
        _queue.RemoveAt(_queue.Count - 1);
    }

    /// <summary>The body is over: all texts are decided.</summary>
    /// <param name="isCut">Whether it was cut, so that what may still have become part of a match is withheld.</param>
    public void End(bool isCut)
    {
        if (isCut) _texts.CutAll(keepsWords: false);
        else _texts.CloseAll();
        _isEnded = true;
    }

    /// <summary>Completes with the next verdict.</summary>
    public Task WaitForVerdictAsync() => _gate?.WaitAsync() ?? Task.CompletedTask;

    /// <summary>Nobody waits for a verdict any more.</summary>
    public void Cancel() => _gate?.Cancel();

    /// <summary>Writes the events that may go.</summary>
    /// <param name="waiting">All bytes that wait: the events in order, from the first that was not sent.</param>
    /// <param name="response">Where they go.</param>
    /// <param name="now">Timestamp of the moment.</param>
    /// <returns>Bytes at the front that need not wait any longer.</returns>
    public int Release(ReadOnlySpan<byte> waiting, ResponseWriter response, long now)
    {
        // What still waits when the answer has ended goes nowhere.
        if (IsTerminated) return waiting.Length;
        _divided.Release(response);
        var isLate = DividesAt != 0 && now >= DividesAt;
        if (_gate is not null) Offer(_gate, waiting, flushes: isLate || waiting.Length > MaxUndividedBytes);
        int sent = 0, gone = 0, head = 0;
        for (; head < _queue.Count && !IsTerminated; head++)
        {
            var held = _queue[head];
            var pieces = PiecesOf(held);
            if (_gate is not null && IsDecided(pieces) && !_gate.Passes(held)) break;
            if (Terminates(held, pieces))
            {
                response.Write(waiting[sent..held.Start]);
                SendLast(held, waiting, pieces, response);
                sent = held.Start + held.Frame.Length;
            }
            else if (!IsDecided(pieces))
            {
                // What waits behind it counts, not what came with it.
                var divides = isLate || waiting.Length - held.Start > MaxUndividedBytes;
                if (!divides || (held.Marks & EventMarks.Divisible) == 0 || _gate is not null) break;
                response.Write(waiting[sent..held.Start]);
                var hasWritten = _divided.Divide(held, waiting.Slice(held.Start, held.Frame.Length), pieces, response);
                if (hasWritten && (held.Marks & EventMarks.Content) != 0) _contentEvents++;
                sent = gone = held.Start + held.Frame.Length;
                continue;
            }
            else if ((held.Marks & EventMarks.Hidden) != 0)
            {
                response.Write(waiting[sent..held.Start]);
                sent = held.Start + held.Frame.Length;
            }
            else if (EventRewriter.IsFoundIn(held, pieces))
            {
                response.Write(waiting[sent..held.Start]);
                response.Write(_rewriter.Rewrite(held, waiting, pieces));
                sent = held.Start + held.Frame.Length;
            }
            else if ((held.Marks & EventMarks.Observed) != 0) _rewriter.Observe(held, waiting);
            if ((held.Marks & EventMarks.Content) != 0) _contentEvents++;
            gone = held.Start + held.Frame.Length;
            foreach (ref readonly var piece in pieces) _texts.Release(piece);
        }
        response.Write(waiting[Math.Min(sent, gone)..gone]);
        Remove(head, gone);
        IsTerminated |= _gate is { IsFlagged: true };
        if (_queue.Count == 0) DividesAt = 0;
        else if (head > 0 || DividesAt == 0) DividesAt = now + _maxWait;
        _waitingBytes = waiting.Length - gone;
        return IsTerminated ? waiting.Length : gone;
    }

    /// <summary>Writes the dialect's own ending of an answer that a rule ended.</summary>
    public void WriteEnding(IBufferWriter<byte> output, ErrorFraming framing) => _ending!.Write(output, framing);

    /// <inheritdoc/>
    public void Dispose()
    {
        _gate?.Dispose();
        _texts.Dispose();
    }

    // Every event that the rules let go is put before the classifier, not only the first that waits: a sentence spans many.
    private void Offer(VerdictGate gate, ReadOnlySpan<byte> waiting, bool flushes)
    {
        foreach (ref var held in CollectionsMarshal.AsSpan(_queue))
        {
            if ((held.Marks & EventMarks.Offered) != 0) continue;
            var pieces = PiecesOf(held);
            if (!IsDecided(pieces)) break;
            var data = EventRewriter.DataOf(waiting.Slice(held.Start, held.Frame.Length), held.Frame, out var joined);
            gate.Offer(ref held, data, pieces);
            if (joined is not null) ArrayPool<byte>.Shared.Return(joined);
        }
        if (_isEnded) gate.End();
        gate.Advance(flushes);
    }

    // Whatever was sent before the match goes; nothing behind it is read any more.
    private void BeginEnding()
    {
        _isEnding = true;
        _texts.CloseAll();
    }

    /// <summary>Whether all of an event's texts are decided.</summary>
    public static bool IsDecided(ReadOnlySpan<Piece> pieces)
    {
        foreach (ref readonly var piece in pieces)
        {
            if (!piece.IsDecided) return false;
        }
        return true;
    }

    /// <summary>Whether a rule ends the answer in an event.</summary>
    public static bool Terminates(in HeldEvent held, ReadOnlySpan<Piece> pieces)
    {
        if ((held.Marks & EventMarks.Terminates) != 0) return true;
        foreach (ref readonly var piece in pieces)
        {
            if (piece.Text.Scanner.IsTerminated && !piece.IsDecided) return true;
        }
        return false;
    }

    private void SendLast(in HeldEvent held, ReadOnlySpan<byte> waiting, ReadOnlySpan<Piece> pieces, ResponseWriter response)
    {
        IsTerminated = true;
        response.Write(_rewriter.Cut(held, waiting, pieces));
    }

    private ReadOnlySpan<Piece> PiecesOf(in HeldEvent held) =>
        CollectionsMarshal.AsSpan(_pieces).Slice(held.FirstPiece, held.PieceCount);

    private void Remove(int count, int gone)
    {
        if (count == 0) return;
        var firstPiece = count < _queue.Count ? _queue[count].FirstPiece : _pieces.Count;
        _queue.RemoveRange(0, count);
        _pieces.RemoveRange(0, firstPiece);
        foreach (ref var held in CollectionsMarshal.AsSpan(_queue))
        {
            held.Start -= gone;
            held.FirstPiece -= firstPiece;
        }
    }

    // What was cut is the provider's doing and no rule's.
    private void OnFound(Hit hit)
    {
        if (hit != Hit.Cut) _record.CountModeration(hit.Rule.Id, hit.Rule.Action);
    }
}
