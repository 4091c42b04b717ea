using System.Text;
using System.Text.RegularExpressions;
using Sidecar.Moderation.Detectors;

namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>What the patterns mean, by the platform's regular expressions at every place and in every length. It does not fold.</summary>
internal sealed partial class ReferenceFinder : IFinder
{
    private readonly List<Form> _forms = [];

    public ReferenceFinder()
    {
        foreach (var detector in DetectorCatalogue.All)
            foreach (var pattern in detector.Patterns) _forms.Add(new Form(detector.Name, pattern));
    }

    public IReadOnlyList<Finding> Find(string text)
    {
        var findings = new List<Finding>();
        for (var start = 0; start < text.Length; start++)
        {
            Finding? longest = null;
            foreach (var form in _forms)
            {
                var end = form.LongestAt(text, start);
                if (end > (longest?.End ?? start)) longest = new(start, end, form.Type);
            }
            if (longest is not { } found) continue;
            findings.Add(found);
            start = found.End - 1;
        }
        return findings;
    }

    private sealed partial class Form
    {
        private readonly DetectorPattern _pattern;
        private readonly Regex _somewhere;
        private readonly Regex _whole;
        private readonly Regex _ahead;

        public Form(string type, DetectorPattern pattern)
        {
            Type = type;
            _pattern = pattern;
            var options = RegexOptions.CultureInvariant | (pattern.IgnoreCase ? RegexOptions.IgnoreCase : 0);
            var behind = Behind().Match(pattern.Text).Value;
            var ahead = Ahead().Match(pattern.Text).Value;
            var body = pattern.Text[behind.Length..^ahead.Length];
            _somewhere = new Regex($"\\G{behind}(?:{body})", options);
            // Without backtracking: repeats inside repeats would take for ever.
            _whole = new Regex($"\\A(?:{body})\\z", options | (body.Contains('*', StringComparison.Ordinal) ? RegexOptions.NonBacktracking : 0));
            _ahead = new Regex($"\\G{ahead}", options);
        }

        public string Type { get; }

        /// <summary>Where the longest match from a place on ends; 0 for none.</summary>
        public int LongestAt(string text, int start)
        {
            if (!_somewhere.IsMatch(text, start)) return 0;
            for (var end = text.Length; end > start; end--)
            {
                if (!_ahead.IsMatch(text, end) || !_whole.IsMatch(text[start..end])) continue;
                if (_pattern.Test?.Invoke(Encoding.UTF8.GetBytes(text[start..end])) != false) return end;
            }
            return 0;
        }

        [GeneratedRegex(@"\A(\\b|\(\?<[!=]([^\[\\)]|\\.|\[\^?(\\.|[^\]\\])+\])\))")]
        private static partial Regex Behind();

        [GeneratedRegex(@"(\\b|\(\?[!=]([^\[\\)]|\\.|\[\^?(\\.|[^\]\\])+\])\))\z")]
        private static partial Regex Ahead();
    }
}
