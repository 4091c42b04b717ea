using Sidecar.FunctionalTests.Sdk;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>What an application learns of a fault from the official SDK of its dialect.</summary>
public static class SdkReport
{
    /// <summary>There is no official SDK, or it cannot behave so.</summary>
    public const string NotAsked = "—";

    private const int LongestMessage = 160;

    /// <summary>Streams one completion and tells how it ended.</summary>
    public static async Task<string> OfAsync(OfficialSdk sdk, Uri endpoint, CancellationToken leaves)
    {
        Told? told = null;
        var failure = await Record.ExceptionAsync(async () => told = await sdk.StreamAsync(endpoint, leaves));
        // Which of the two it is depends on the moment.
        if (failure is OperationCanceledException) return $"raises `{nameof(OperationCanceledException)}`";
        if (failure is not null) return $"raises `{failure.GetType().Name}`: {Short(failure.Message)}";
        var error = told!.Events.FirstOrDefault(IsError);
        if (error is not null) return error[0] == '{' ? "reports an update with an `error`" : $"reports `{error.Split(' ')[0]}`";
        return told.Finish is { } finish ? $"ends: `{finish}`" : "ends without a finish";
    }

    private static bool IsError(string typedEvent) =>
        typedEvent.Contains("error", StringComparison.OrdinalIgnoreCase) && !typedEvent.Contains("\"error\":null", StringComparison.Ordinal);

    private static string Short(string message)
    {
        var line = string.Join(' ', message.Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);
        return line.Length <= LongestMessage ? line : line[..LongestMessage] + "…";
    }
}
