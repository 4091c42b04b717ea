using System.Text;

namespace Sidecar.Load.Tests;

/// <summary>What a proxy does to the events of one stream; this one passes each on.</summary>
internal class Mischief
{
    /// <summary>An event came; what goes out now.</summary>
    public virtual IEnumerable<byte[]> On(int number, byte[] bytes) => [bytes];

    /// <summary>Whether the stream breaks off before this event.</summary>
    public virtual bool CutsBefore(int number) => false;

    /// <summary>How many bytes go in a chunk; 0 for an event in each.</summary>
    public virtual int ChunkBytes => 0;

    /// <summary>Whether this event is one of those that something happens to.</summary>
    protected static bool IsVictim(int number) => number % 10 == 5;
}

internal sealed class Rechunks : Mischief
{
    public override int ChunkBytes => 7;
}

internal sealed class Loses : Mischief
{
    public override IEnumerable<byte[]> On(int number, byte[] bytes) => IsVictim(number) ? [] : [bytes];
}

internal sealed class Repeats : Mischief
{
    public override IEnumerable<byte[]> On(int number, byte[] bytes) => IsVictim(number) ? [bytes, bytes] : [bytes];
}

internal sealed class Alters : Mischief
{
    public override IEnumerable<byte[]> On(int number, byte[] bytes) =>
        IsVictim(number) ? [Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(bytes).Replace("stop", "halt", StringComparison.Ordinal).Replace("choices", "chances", StringComparison.Ordinal))] : [bytes];
}

internal sealed class Reorders : Mischief
{
    private byte[]? _kept;

    public override IEnumerable<byte[]> On(int number, byte[] bytes)
    {
        if (IsVictim(number))
        {
            _kept = bytes;
            return [];
        }
        if (_kept is not { } kept) return [bytes];
        _kept = null;
        return [bytes, kept];
    }
}

/// <summary>Puts two events into one: its lines become another's.</summary>
internal sealed class Merges : Mischief
{
    private byte[]? _kept;

    public override IEnumerable<byte[]> On(int number, byte[] bytes)
    {
        if (IsVictim(number))
        {
            _kept = bytes[..^1];
            return [];
        }
        if (_kept is not { } kept) return [bytes];
        _kept = null;
        return [[.. kept, .. bytes]];
    }
}

/// <summary>Waits for ten events before it passes any on.</summary>
internal sealed class Buffers : Mischief
{
    private readonly List<byte[]> _kept = [];

    public override IEnumerable<byte[]> On(int number, byte[] bytes)
    {
        _kept.Add(bytes);
        var isEnd = Encoding.ASCII.GetString(bytes).Contains("[DONE]", StringComparison.Ordinal);
        if (_kept.Count < 10 && !isEnd) return [];
        var all = _kept.ToArray();
        _kept.Clear();
        return all;
    }
}

/// <summary>Gives a stream what is another's.</summary>
internal sealed class Crosses(Crosses.Exchange exchange) : Mischief
{
    public override IEnumerable<byte[]> On(int number, byte[] bytes) => IsVictim(number) ? [exchange.Swap(bytes)] : [bytes];

    internal sealed class Exchange
    {
        private byte[]? _last;

        public byte[] Swap(byte[] bytes) => Interlocked.Exchange(ref _last, bytes) ?? bytes;
    }
}

internal sealed class BreaksOff : Mischief
{
    public override bool CutsBefore(int number) => number == 10;
}

/// <summary>Ends the response as HTTP has it, without the dialect's end.</summary>
internal sealed class ForgetsTheEnd : Mischief
{
    public override IEnumerable<byte[]> On(int number, byte[] bytes) => Encoding.ASCII.GetString(bytes).Contains("[DONE]", StringComparison.Ordinal) ? [] : [bytes];
}
