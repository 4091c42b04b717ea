using System.Text;
using Sidecar.Moderation.Scanning;
using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>A client of the scanner: sends on what is decided, as soon as it is.</summary>
internal sealed class Streamed : IDisposable
{
    private readonly RuleScanner _scanner;
    private readonly List<byte> _text = [];
    private readonly MemoryStream _sent = new();
    private long _position;

    public Streamed(RuleSet rules, TextForm form = TextForm.Plain)
    {
        _scanner = new RuleScanner(rules, new StreamNumbers(), _ => Flags++);
        _scanner.Reset(form);
    }

    /// <summary>What the client has.</summary>
    public string Sent => Encoding.UTF8.GetString(_sent.GetBuffer(), 0, (int)_sent.Length);

    public int SentBytes => (int)_sent.Length;

    public byte[] SentArray => _sent.GetBuffer();

    /// <summary>Bytes that are held.</summary>
    public long Held => _scanner.Length - _scanner.Decided;

    public bool IsTerminated => _scanner.IsTerminated;

    /// <summary>Matches of rules that only tell.</summary>
    public int Flags { get; private set; }

    /// <summary>The text through the rules, in pieces that end at the given places.</summary>
    public static string Apply(RuleSet rules, byte[] text, IEnumerable<int> ends, TextForm form = TextForm.Plain) => Apply(rules, text, ends, out _, form);

    /// <summary>The same, and how many flags were told.</summary>
    public static string Apply(RuleSet rules, byte[] text, IEnumerable<int> ends, out int flags, TextForm form)
    {
        using var streamed = new Streamed(rules, form);
        var at = 0;
        foreach (var end in ends)
        {
            streamed.Append(text.AsSpan(at, end - at));
            at = end;
        }
        streamed.Append(text.AsSpan(at));
        streamed.End();
        flags = streamed.Flags;
        return streamed.Sent;
    }

    /// <summary>Begins with another text.</summary>
    public void Restart(TextForm form)
    {
        _scanner.Reset(form);
        _text.Clear();
        _sent.SetLength(0);
        _position = 0;
        Flags = 0;
    }

    public void Append(ReadOnlySpan<byte> piece)
    {
        _text.AddRange(piece);
        _scanner.Append(piece);
        Send();
    }

    public void End()
    {
        _scanner.End();
        Send();
    }

    public void Cut(bool keepsWord)
    {
        _scanner.Cut(keepsWord);
        Send();
    }

    public void Dispose() => _scanner.Dispose();

    private void Send()
    {
        var text = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_text);
        foreach (ref readonly var edit in _scanner.Edits)
        {
            if (edit.Start >= _scanner.Decided || edit.End <= _position) continue;
            if (edit.Start >= _position)
            {
                _sent.Write(text[(int)_position..(int)edit.Start]);
                _sent.Write(_scanner.Replacement(edit));
            }
            _position = Math.Min(edit.End, _scanner.Decided);
        }
        if (_position < _scanner.Decided)
        {
            _sent.Write(text[(int)_position..(int)_scanner.Decided]);
            _position = _scanner.Decided;
        }
        _scanner.Forget(_position);
    }
}
