using Sidecar.Moderation;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;
using static Sidecar.Proxy.Configuration.Table.Scalars;
using static Sidecar.Proxy.Configuration.Table.Texts;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>The keys of <c>moderation</c>: a part of the <see cref="ConfigurationTable"/>.</summary>
internal static class ModerationTable
{
    private static readonly Uri NoUrl = new("http://unset.invalid");

    private static readonly (string Word, FoldKinds Value)[] Folds =
    [
        ("case", FoldKinds.Case), ("width", FoldKinds.Width), ("zero_width", FoldKinds.ZeroWidth), ("confusables", FoldKinds.Confusables),
    ];

    private static readonly (string Word, ScanKinds Value)[] Scans =
    [
        ("content", ScanKinds.Content), ("reasoning", ScanKinds.Reasoning), ("refusal", ScanKinds.Refusal),
        ("tool_arguments", ScanKinds.ToolArguments),
    ];

    private static readonly ObjectKind<Rule> Rule = new ObjectKind<Rule>(new Rule("", RuleAction.Flag))
        .Key("id", Name, o => o.Id, (o, v) => o with { Id = v }, "Its name in metrics and logs; once in a policy.", required: true)
        .Key("detect", new ListKind<Detector>(Choice([.. DetectorCatalogue.All.Select(detector => (detector.Name, detector))])),
            o => o.Detect, (o, v) => o with { Detect = v }, "Kinds of personal data and secrets that it finds.")
        .Key("terms", new ListKind<string>(Term), o => TermList.Of(o.Terms).Written,
            (o, v) => o with { Terms = TermList.Of(o.Terms) with { Written = v } }, "Texts that it finds.")
        .Key("terms_file", new TermsFileKind(), o => TermList.Of(o.Terms).File,
            (o, v) => o with { Terms = TermList.Of(o.Terms) with { File = v } },
            "A UTF-8 file with more of them, one a line; empty lines and lines that begin with `#` are none. Read again when it changes.")
        .Key("whole_word", Bool, o => o.WholeWord, (o, v) => o with { WholeWord = v },
            "Whether terms count only where no letter or digit adjoins them.")
        // Read by RuleChecks: whether case counts is another key's.
        .Key("pattern", new OptionalKind<string>(PatternText), o => o.Pattern?.Text, (o, _) => o,
            "A regular expression whose matches have a bound, which it finds.")
        .Key("action",
            Choice(("redact", RuleAction.Redact), ("mask", RuleAction.Mask), ("hash", RuleAction.Hash), ("flag", RuleAction.Flag),
                ("terminate", RuleAction.Terminate)),
            o => o.Action, (o, v) => o with { Action = v },
            "redact: another text takes its place; mask: asterisks do; hash: a keyed digest does; flag: it passes, counted and logged; "
            + "terminate: the answer ends before it.",
            required: true)
        .Key("with", Replacement, o => o.With, (o, v) => o with { With = v },
            "For redact: the text in its place. `{type}` is the detector's name or the rule's id, `{TYPE}` that in upper case, `{n}` a number "
            + "that is the same for the same text of a stream.")
        .Key("keep_last", Whole(0, 64), o => o.KeepLast, (o, v) => o with { KeepLast = v }, "For mask: characters at the end that stay.")
        .Key("key", new OptionalKind<byte[]>(DigestKey), o => o.Key, (o, v) => o with { Key = v },
            "For hash: the digest's key, such as `${file:/var/run/secrets/hash}`, so that digests agree across processes and restarts; "
            + "one of this process's own when unset.",
            secret: true)
        .Then(RuleChecks.Rule);

    private static readonly ObjectKind<ClassifierOptions> Classifier = new ObjectKind<ClassifierOptions>(new() { Url = NoUrl })
        .Key("url", Url, o => o.Url, (o, v) => o with { Url = v }, "Where it is asked, in the shape of OpenAI's /v1/moderations.", required: true)
        .Key("gate", Choice(("sync", ClassifierGate.Sync), ("async", ClassifierGate.Async)), o => o.Gate, (o, v) => o with { Gate = v },
            "sync: a text waits for its verdict; async: it passes, and the answer ends when the verdict is against it.")
        .Key("timeout", Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)), o => o.Timeout, (o, v) => o with { Timeout = v },
            "Longest wait for a verdict.")
        .Key("on_failure", Choice(("closed", false), ("open", true)), o => o.FailOpen, (o, v) => o with { FailOpen = v },
            "What happens without a verdict: closed ends the answer, open lets the text pass.")
        .Key("model", new OptionalKind<string>(Model), o => o.Model, (o, v) => o with { Model = v }, "The model named in the request.");

    private static readonly ObjectKind<PolicyOptions> Policy = new ObjectKind<PolicyOptions>(new())
        .Key("rules", new ListKind<Rule>(Rule), o => o.Rules, (o, v) => o with { Rules = v },
            "What it finds and does then. Each rule has `detect`, or `terms` and `terms_file`, or `pattern`.")
        .Key("fold", new ListKind<FoldKinds>(Choice(Folds)), o => [.. Folds.Select(fold => fold.Value).Where(kind => o.Fold.HasFlag(kind))],
            (o, v) => o with { Fold = v.Aggregate(FoldKinds.None, (all, kind) => all | kind) },
            "Differences in writing that do not count.")
        .Key("scan", new ListKind<ScanKinds>(Choice(Scans), least: 1),
            o => [.. Scans.Select(scan => scan.Value).Where(kind => o.Scan.HasFlag(kind))],
            (o, v) => o with { Scan = v.Aggregate(ScanKinds.None, (all, kind) => all | kind) },
            "Texts of an answer that the rules are applied to.")
        .Key("classifier", new OptionalKind<ClassifierOptions>(Classifier), o => o.Classifier, (o, v) => o with { Classifier = v },
            "A model that is asked about each text too.")
        .Key("input", Bool, o => o.Input, (o, v) => o with { Input = v }, "Whether the rules are applied to a request's messages too.")
        .Then(RuleChecks.Policy);

    /// <summary>All of it.</summary>
    public static readonly ObjectKind<ModerationOptions> Moderation = new ObjectKind<ModerationOptions>(new())
        .Key("policies", new MapKind<PolicyOptions>(ByPolicy, Policy), o => [.. o.Policies], (o, v) => o with { Policies = v.ToDictionary() },
            "Policies by name.");
}
