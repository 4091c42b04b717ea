using Sidecar.Moderation;
using Sidecar.Moderation.Scanning;
using Sidecar.Moderation.Text;
using Sidecar.Providers;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>The texts of one stream that are being continued, each with its own state: a choice's content, a block, a tool call.</summary>
/// <param name="policy">What is looked for.</param>
/// <param name="onFlag">Told of each match of a rule that only tells.</param>
internal sealed class ChannelTexts(Policy policy, Action<Hit> onFlag) : IDisposable
{
    /// <summary>Texts that may be open at once; past it the stream fails closed.</summary>
    public const int MaxOpen = 1024;

    // Texts of unknown events may be open at once; past it the one that was continued least lately ends.
    private const int MaxUnknown = 128;

    private const int MaxSpare = 8;

    private readonly List<ChannelText> _open = [];
    private readonly Stack<ChannelText> _spare = [];
    private readonly StreamNumbers _numbers = new();
    private RuleScanner? _alone;
    private int _last;
    private long _event;

    /// <summary>Whether more texts are open than may be.</summary>
    public bool IsOverfull => _open.Count > MaxOpen;

    /// <summary>Whether a rule has ended one of them.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>Bytes of text that are held because they may still become part of a match.</summary>
    public long HeldBytes
    {
        get
        {
            long held = 0;
            foreach (var text in _open) held += text.Scanner.Length - text.Scanner.Decided;
            return held;
        }
    }

    /// <summary>Another event begins.</summary>
    public void BeginEvent() => _event++;

    /// <summary>Takes a piece of a text that is continued.</summary>
    public Piece Append(in TextRange range, ReadOnlySpan<byte> data, TextForm form)
    {
        var text = Find(range.Channel, form);
        var piece = new Piece(text, text.Scanner.Length, range.Start, range.Length);
        text.Scanner.Append(data.Slice(range.Start, range.Length));
        IsTerminated |= text.Scanner.IsTerminated;
        text.Waiting++;
        text.LastEvent = _event;
        return piece;
    }

    /// <summary>Looks at a text that stands alone. What was found is valid until the next call.</summary>
    /// <param name="text">The text.</param>
    /// <param name="form">Its form.</param>
    /// <param name="ends">Whether it ends there.</param>
    /// <param name="tells">Whether matches of rules that only tell are told: not of a repeat, nor when it is looked at again.</param>
    public RuleScanner Scan(ReadOnlySpan<byte> text, TextForm form, bool ends = true, bool tells = true)
    {
        _alone ??= new RuleScanner(policy.Rules, _numbers, onFlag);
        _alone.Reset(form, tells);
        _alone.Append(text);
        if (ends) _alone.End();
        return _alone;
    }

    /// <summary>Ends the texts that an event says are over.</summary>
    public void Close(in Closing end)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (end.Closes(_open[i].Channel)) CloseAt(i);
        }
    }

    /// <summary>
    /// Ends the texts of a choice that a text of another kind leaves behind: thoughts where the answer begins, the answer where a tool is called.
    /// </summary>
    public void CloseBefore(in Channel next)
    {
        if (next.Kind == ChannelKind.Other) return;
        var rank = RankOf(next.Kind);
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var channel = _open[i].Channel;
            if (channel.Choice == next.Choice && RankOf(channel.Kind) < rank) CloseAt(i);
        }
    }

    /// <summary>Ends the unknown texts that an event with a known one does not continue.</summary>
    public void CloseUnknownBefore()
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].Channel.Kind == ChannelKind.Other && _open[i].LastEvent != _event) CloseAt(i);
        }
    }

    /// <summary>All are cut: what may still have become part of a match is withheld.</summary>
    /// <param name="keepsWords">Whether a mere last word stays.</param>
    public void CutAll(bool keepsWords)
    {
        foreach (var text in _open) text.Scanner.Cut(keepsWords);
        CloseAll();
    }

    /// <summary>Ends all.</summary>
    public void CloseAll()
    {
        for (var i = _open.Count - 1; i >= 0; i--) CloseAt(i);
    }

    /// <summary>A piece was sent, or will never be.</summary>
    public void Release(in Piece piece)
    {
        piece.Text.Scanner.Forget(piece.End);
        if (--piece.Text.Waiting == 0 && piece.Text.IsClosed) Spare(piece.Text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var text in _open) text.Scanner.Dispose();
        foreach (var text in _spare) text.Scanner.Dispose();
        _alone?.Dispose();
        _open.Clear();
        _spare.Clear();
    }

    private ChannelText Find(in Channel channel, TextForm form)
    {
        if (_last < _open.Count && _open[_last].Channel == channel) return _open[_last];
        for (_last = 0; _last < _open.Count; _last++)
        {
            if (_open[_last].Channel == channel) return _open[_last];
        }
        if (channel.Kind == ChannelKind.Other) MakeRoomForUnknown();
        var text = _spare.TryPop(out var spare) ? spare : new ChannelText(new RuleScanner(policy.Rules, _numbers, onFlag));
        text.Channel = channel;
        text.IsClosed = false;
        text.Form = form;
        text.Scanner.Reset(form);
        _last = _open.Count;
        _open.Add(text);
        return text;
    }

    private void MakeRoomForUnknown()
    {
        int count = 0, oldest = 0;
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].Channel.Kind != ChannelKind.Other) continue;
            if (count++ == 0 || _open[i].LastEvent < _open[oldest].LastEvent) oldest = i;
        }
        if (count >= MaxUnknown) CloseAt(oldest);
    }

    private void CloseAt(int index)
    {
        var text = _open[index];
        _open.RemoveAt(index);
        text.Scanner.End();
        IsTerminated |= text.Scanner.IsTerminated;
        text.IsClosed = true;
        if (text.Waiting == 0) Spare(text);
    }

    private void Spare(ChannelText text)
    {
        if (_spare.Count < MaxSpare) _spare.Push(text);
        else text.Scanner.Dispose();
    }

    private static int RankOf(ChannelKind kind) => kind switch
    {
        ChannelKind.Reasoning => 0,
        ChannelKind.ToolArguments => 2,
        // Which comes before which is not known.
        ChannelKind.Other => int.MaxValue,
        _ => 1,
    };
}
