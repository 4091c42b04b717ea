using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Scanning;

/// <summary>
/// A policy's rules over one text that comes in pieces: those that change the text, and those that only tell. The latter are looked for in the text as
/// it came, hold nothing back and are counted as soon as they are certain.
/// </summary>
public sealed class RuleScanner : IDisposable
{
    private readonly TextScanner? _enforced;
    private readonly TextScanner? _flagged;
    private readonly Action<Hit> _onFlag;
    private long _length;
    private bool _tells = true;

    /// <param name="rules">The rules.</param>
    /// <param name="numbers">The stream's numbers.</param>
    /// <param name="onFlag">Told of each match of a rule that only tells.</param>
    public RuleScanner(RuleSet rules, StreamNumbers numbers, Action<Hit> onFlag)
    {
        _enforced = rules.Enforced is { } enforced ? new TextScanner(enforced, numbers) : null;
        _flagged = rules.Flagged is { } flagged ? new TextScanner(flagged, numbers) : null;
        _onFlag = onFlag;
    }

    /// <summary>Everything before this position is decided: it may go, but for the edits in it.</summary>
    public long Decided => _enforced?.Decided ?? _length;

    /// <summary>Bytes of the text so far.</summary>
    public long Length => _length;

    /// <summary>Whether a rule has ended the text: nothing from <see cref="Decided"/> on may go.</summary>
    public bool IsTerminated => _enforced is { IsTerminated: true };

    /// <summary>The edits that were not forgotten yet, in order; only the last may still be open.</summary>
    public ReadOnlySpan<Edit> Edits => _enforced is null ? default : _enforced.Edits;

    /// <summary>The text that takes the place of an edit, in the form of the text.</summary>
    public ReadOnlySpan<byte> Replacement(in Edit edit) => _enforced!.Replacement(edit);

    /// <summary>Starts a new text.</summary>
    /// <param name="form">Its form.</param>
    /// <param name="tells">Whether matches of rules that only tell are told: not where the text was told of before.</param>
    public void Reset(TextForm form, bool tells = true)
    {
        _length = 0;
        _tells = tells;
        _enforced?.Reset(form);
        _flagged?.Reset(form);
    }

    /// <summary>Takes the next piece of the text.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        _length += piece.Length;
        _enforced?.Append(piece);
        if (_flagged is null) return;
        _flagged.Append(piece);
        TellFlags();
    }

    /// <summary>The text ends here; all of it is decided.</summary>
    public void End()
    {
        _enforced?.End();
        if (_flagged is null) return;
        _flagged.End();
        TellFlags();
    }

    /// <summary>The text was cut here: what may still have become part of a match is withheld.</summary>
    /// <param name="keepsWord">Whether a mere last word stays: with almost every word a match could begin.</param>
    public void Cut(bool keepsWord)
    {
        _enforced?.Cut(keepsWord);
        if (_flagged is null) return;
        _flagged.End();
        TellFlags();
    }

    /// <summary>Drops the edits that end at or before a position: they are written.</summary>
    public void Forget(long position) => _enforced?.Forget(position);

    /// <inheritdoc/>
    public void Dispose()
    {
        _enforced?.Dispose();
        _flagged?.Dispose();
    }

    private void TellFlags()
    {
        foreach (ref readonly var edit in _flagged!.Edits)
        {
            if (_tells && edit.End != long.MaxValue) _onFlag(edit.Hit);
        }
        _flagged.Forget(_flagged.Decided);
    }
}
