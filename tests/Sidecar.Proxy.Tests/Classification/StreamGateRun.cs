using System.Text;
using Sidecar.Providers;
using Sidecar.Proxy.Classification;

namespace Sidecar.Proxy.Tests.Classification;

/// <summary>A gate, and how often it woke its loop.</summary>
internal sealed class StreamGateRun : IDisposable
{
    public static readonly Channel Answer = new(ChannelKind.Content, 0, 0);

    public StreamGateRun(ClassifierRig rig) => Gate = new StreamGate(rig.Classifier, () =>
    {
        Woken++;
        OnWake?.Invoke();
    });

    public StreamGate Gate { get; }

    public int Woken { get; private set; }

    /// <summary>What the loop does when it is woken.</summary>
    public Action? OnWake { get; set; }

    /// <summary>A sentence of 50 characters.</summary>
    public static string Sentence(char letter) => new string(letter, 49) + ".";

    /// <summary>Offers a text, and tells what is released then.</summary>
    public long Offer(string text, Channel? channel = null)
    {
        Gate.Offer(channel ?? Answer, Encoding.UTF8.GetBytes(text));
        Gate.Advance();
        return Gate.Released;
    }

    public void Dispose() => Gate.Dispose();
}
