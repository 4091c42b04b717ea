using System.Text;
using Sidecar.Providers;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Classification;

/// <summary>A stream that offers to a gate and a classifier that answers in any order, with a plain account of what may be released.</summary>
internal sealed class StreamGatePlay(ClassifierRig rig) : IDisposable
{
    private readonly StreamGate _gate = new(rig.Classifier, () => { });
    private readonly StringBuilder[] _offered = [new(), new(), new()];
    private readonly int[] _asked = new int[3];
    private readonly List<(int Channel, int End, long StreamEnd)> _pieces = [];
    private readonly List<Window> _windows = [];
    private long _released;
    private int _counter;
    private bool _isFlagged;

    private sealed record Window(Question Question, int Channel, int Start, int End)
    {
        public bool? Verdict { get; set; }
    }

    /// <summary>One thing that happens.</summary>
    public void Do(int action, int channel, int size)
    {
        switch (action)
        {
            case < 55 when !_gate.IsFull:
                Offer(channel, size);
                break;
            case < 90:
                Answer(size, isFlagged: false);
                break;
            case 90:
                Answer(size, isFlagged: true);
                break;
            case < 95:
                _gate.End(ChannelOf(channel));
                break;
            case < 98:
                _gate.Flush();
                break;
        }
        Advance();
    }

    /// <summary>The stream ends, and all that is asked is answered.</summary>
    public void Finish()
    {
        _gate.End();
        Advance();
        while (_windows.Exists(window => window.Verdict is null) && !_isFlagged)
        {
            Answer(0, isFlagged: false);
            Advance();
        }
        Assert.True(_gate.IsDecided);
        Assert.Equal(_isFlagged, _gate.IsFlagged);
        if (_isFlagged) return;
        Assert.Equal(_gate.Offered, _gate.Released);
        for (var channel = 0; channel < 3; channel++) Assert.Equal(_offered[channel].Length, _asked[channel]);
    }

    public void Dispose()
    {
        _gate.Dispose();
        rig.Questions();
    }

    private static Channel ChannelOf(int channel) => new(ChannelKind.Content, channel, 0);

    private void Offer(int channel, int size)
    {
        int[] lengths = [1, 3, 8, 30, 60, 300];
        string[] ends = [" ", ". ", "\n", "", "! ", ""];
        var text = "";
        while (text.Length < lengths[size]) text += $"{(char)('a' + channel)}{_counter++}";
        text += ends[size];
        _gate.Offer(ChannelOf(channel), Encoding.ASCII.GetBytes(text));
        _offered[channel].Append(text);
        _pieces.Add((channel, _offered[channel].Length, _gate.Offered));
    }

    private void Answer(int which, bool isFlagged)
    {
        var open = _windows.Where(window => window.Verdict is null).ToArray();
        if (open.Length == 0 || _isFlagged) return;
        var window = open[which % open.Length];
        window.Verdict = !isFlagged;
        window.Question.Answer(isFlagged);
    }

    private void Advance()
    {
        _gate.Advance();
        _isFlagged = _gate.IsFlagged;
        Note(rig.Questions());
        Assert.InRange(_windows.Count(window => window.Verdict is null), 0, _isFlagged ? int.MaxValue : StreamGate.MaxInFlight);
        Assert.InRange(_gate.Released, _released, _gate.Offered);
        if (_isFlagged) Assert.Contains(_windows, window => window.Verdict == false);
        _released = _gate.Released;
        if (rig.Classifier.Options.Gate == ClassifierGate.Sync) CheckReleased();
        else if (!_isFlagged) Assert.Equal(_gate.Offered, _gate.Released);
        if (_gate.IsFull) Assert.Contains(_windows, window => window.Verdict is null);
    }

    /// <summary>All that is released lies in windows that passed, and before any that did not.</summary>
    private void CheckReleased()
    {
        foreach (var (channel, end, _) in _pieces.Where(piece => piece.StreamEnd <= _gate.Released))
        {
            foreach (var window in _windows.Where(window => window.Channel == channel && window.Start < end)) Assert.True(window.Verdict);
            Assert.True(_asked[channel] >= end);
        }
    }

    /// <summary>Finds out what is asked about. No text comes twice, so that only one order of two questions fits.</summary>
    private void Note(List<Question> questions)
    {
        questions.Sort((a, b) => a.Input.Length - b.Input.Length);
        while (questions.Count > 0)
        {
            var index = questions.FindIndex(TryNote);
            Assert.NotEqual(-1, index);
            questions.RemoveAt(index);
        }
    }

    private bool TryNote(Question question)
    {
        var channel = question.Input.First(char.IsLetter) - 'a';
        var start = _asked[channel];
        var context = Math.Min(start, ClassifierWindows.MaxContextCharacters);
        var end = start + question.Input.Length - context;
        if (end > _offered[channel].Length || _offered[channel].ToString(start - context, end - start + context) != question.Input) return false;
        _asked[channel] = end;
        _windows.Add(new Window(question, channel, start, end));
        return true;
    }
}
