using System.Collections.Concurrent;
using Prometheus;
using Sidecar.Moderation;

namespace Sidecar.Proxy.Telemetry;

/// <summary>What policies do. Rules have configured names, so that their series are few; children are resolved once and kept.</summary>
internal sealed class ModerationMetrics
{
    private readonly Counter _actions;
    private readonly ConcurrentDictionary<(string Rule, RuleAction Action), Counter.Child> _byRule = new();
    private readonly Func<(string Rule, RuleAction Action), Counter.Child> _create;
    private readonly Histogram _classifierTime;
    private readonly Counter.Child[] _verdicts;

    public ModerationMetrics(MetricFamilies families)
    {
        const string held = "llm_sidecar_moderation_held_bytes";
        _actions = families.SparseCounter("llm_sidecar_moderation_actions_total",
            "Texts that a rule found, by what was done; counted at the end of their exchange.", "rule", "action");
        _create = key => _actions.WithLabels(key.Rule, key.Action.Word());
        HeldBytes = families.Histogram(held, "Bytes of text held back when an event could not be passed on at once.");
        HeldBounds = new BinBounds(families.Bounds(held), frequency: 1);
        _classifierTime = families.Histogram("llm_sidecar_classifier_seconds",
            "Question to verdict, or to giving it up; questions given up because their stream is over count none.");
        var verdicts = families.Counter("llm_sidecar_classifier_total", "Questions to a classifier, by what came of them.", "verdict");
        _verdicts = Array.ConvertAll(Enum.GetValues<ClassifierVerdict>(), verdict => verdicts.WithLabels(verdict.Word()));
    }

    public Histogram HeldBytes { get; }

    /// <summary>Bounds for the bins of <see cref="HeldBytes"/>, in bytes.</summary>
    public BinBounds HeldBounds { get; }

    /// <summary>Counts what was done in an exchange that has ended.</summary>
    public void Ended(ExchangeRecord record)
    {
        foreach (var (rule, action, count) in record.Moderation) _byRule.GetOrAdd((rule, action), _create).Inc(count);
    }

    /// <summary>Counts one question.</summary>
    public void Classified(ClassifierVerdict verdict, TimeSpan time)
    {
        _verdicts[(int)verdict].Inc();
        if (verdict != ClassifierVerdict.Cancelled) _classifierTime.Observe(time.TotalSeconds);
    }
}
