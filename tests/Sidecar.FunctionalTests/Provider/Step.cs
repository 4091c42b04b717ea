using System.Text;

namespace Sidecar.FunctionalTests.Provider;

/// <summary>Raised by a test to let a script go on, or by a script to tell the test that it got there.</summary>
public sealed class Signal
{
    private readonly TaskCompletionSource<bool> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when raised.</summary>
    public Task<bool> Raised => _source.Task;

    /// <summary>Raises it; again is the same as once.</summary>
    public void Raise() => _source.TrySetResult(true);
}

/// <summary>One thing a scripted peer does. Text and bytes convert to <see cref="Send"/>.</summary>
public abstract record Step
{
    /// <summary>Writes bytes, in one write.</summary>
    public sealed record Send(ReadOnlyMemory<byte> Bytes) : Step;

    /// <summary>Writes nothing more until the test raises the signal.</summary>
    public sealed record WaitFor(Signal Signal) : Step;

    /// <summary>Tells the test that everything before it was written.</summary>
    public sealed record Tell(Signal Signal) : Step;

    /// <summary>Goes on so long after the last write, or after the request was read.</summary>
    public sealed record After(TimeSpan Gap) : Step;

    /// <summary>Closes the connection with a FIN.</summary>
    public sealed record Close : Step;

    /// <summary>Closes the connection with a RST.</summary>
    public sealed record Reset : Step;

    /// <summary>Sends a FIN and goes on reading.</summary>
    public sealed record HalfClose : Step;

    public static implicit operator Step(string text) => new Send(Encoding.UTF8.GetBytes(text));

    public static implicit operator Step(byte[] bytes) => new Send(bytes);
}
