using System.Globalization;
using System.Text.RegularExpressions;

namespace EnergyManager.Web.Components.Sentences;

/// <summary>A sentence and the language that it is in.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Language">Its language where that is not the visitor's, else <c>null</c>: for the attribute <c>lang</c>.</param>
public sealed record SaidSentence(string Text, string? Language);

/// <summary>
/// Says what the server and its devices wrote in the visitor's language. What is stored and sent stays English; here the English
/// sentence is recognised and said anew, with its figures in the visitor's notation. What nobody knows stays as it is.
/// </summary>
public static partial class ServerSentences
{
    // Longer texts are not sentences of the catalogue.
    private const int MaximumLength = 2000;
    private const int MaximumParts = 12;

    private static readonly IReadOnlyList<Template> Templates = Of(SentenceCatalog.All);
    private static readonly IReadOnlyList<Template> Clauses = Of([.. RequestSentences.Clauses, .. SourceReasons.All]);

    /// <summary>The text in the language of <see cref="CultureInfo.CurrentUICulture"/>.</summary>
    public static SaidSentence Say(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName != "vi" || text.Length == 0)
            return new SaidSentence(text, null);
        if (text.Length > MaximumLength)
            return new SaidSentence(text, "en");
        var said = Several(text, out var unknown);
        // What has letters that English has not was said in the visitor's language already.
        return new SaidSentence(said, unknown && text.All(char.IsAscii) ? "en" : null);
    }

    /// <summary>Whether every sentence of the text is known.</summary>
    internal static bool Knows(string text)
    {
        Several(text, out var unknown);
        return !unknown;
    }

    // A message is one or more sentences, and some templates are two themselves: the shortest beginning that is known is taken first.
    private static string Several(string text, out bool unknown)
    {
        unknown = false;
        var parts = Boundary().Split(text.Trim()).Take(MaximumParts + 1).ToArray();
        if (parts.Length > MaximumParts)
        {
            unknown = true;
            return text;
        }

        var said = new List<string>();
        for (var from = 0; from < parts.Length;)
        {
            var to = from + 1;
            string? one;
            while ((one = One(string.Join(' ', parts[from..to]))) is null && to < parts.Length)
                to++;
            unknown |= one is null;
            said.Add(one ?? parts[from]);
            from = one is null ? from + 1 : to;
        }

        return string.Join(' ', said);
    }

    private static IReadOnlyList<Template> Of(IEnumerable<(string English, string Vietnamese)> sentences) =>
        [.. sentences.Select(sentence => new Template(sentence.English, sentence.Vietnamese)).OrderByDescending(template => template.Weight)];

    private static string? One(string sentence) => Find(Templates, sentence) ?? Reasons(sentence);

    // "params_m 5000 M is above the measured 1.24 to 138; the nearest is vgg16": all of them are known, or none is said.
    private static string? Reasons(string text)
    {
        var said = new List<string>();
        foreach (var part in text.Split("; ", MaximumParts))
        {
            if (Find(Clauses, part) is not { } clause)
                return null;
            said.Add(clause);
        }

        return string.Join("; ", said);
    }

    private static string? Find(IReadOnlyList<Template> templates, string text)
    {
        foreach (var template in templates)
        {
            if (template.Say(text) is { } said)
                return said;
        }

        return null;
    }

    // After a full stop; the capital or name that follows is looked at, not taken.
    [GeneratedRegex(@"(?<=[.!?])\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Boundary();

    // A figure of its own, not part of a name, an address or a version.
    [GeneratedRegex(@"(?<![\w.@:/-])-?\d+\.\d+(?![\w.])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Figure();

    [GeneratedRegex(@"\\\{(?<hole>\d)}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hole();

    private sealed class Template
    {
        private readonly Regex _english;
        private readonly string _vietnamese;

        public Template(string english, string vietnamese)
        {
            // Without backtracking the time is linear in the text, whatever a device sends.
            _english = new Regex(
                "^" + Hole().Replace(Regex.Escape(english), hole => $"(?<h{hole.Groups["hole"].Value}>.+?)") + "$",
                RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.Singleline);
            _vietnamese = vietnamese;
            Weight = english.Count(char.IsLetter);
        }

        /// <summary>Letters of its own: the more, the less it fits by chance.</summary>
        public int Weight { get; }

        public string? Say(string sentence)
        {
            var match = _english.Match(sentence);
            // A name or a figure is no sentence: what goes beyond one belongs to another template.
            if (!match.Success || match.Groups.Values.Skip(1).Any(hole => hole.Value.Contains(". ", StringComparison.Ordinal)))
                return null;
            var said = _vietnamese;
            for (var hole = 0; match.Groups[$"h{hole}"] is { Success: true } found; hole++)
                said = said.Replace($"{{{hole}}}", Localise(found.Value), StringComparison.Ordinal);
            return said;
        }

        // A reason inside a sentence may be a sentence of its own, or the clauses that end it.
        private static string Localise(string value)
        {
            if ((value.EndsWith('.') ? One(value) ?? Ended(Reasons(value[..^1])) : Reasons(value)) is { } said)
                return said;
            return Figure().Replace(value, figure =>
            {
                var decimals = figure.Value.Length - figure.Value.IndexOf('.', StringComparison.Ordinal) - 1;
                return double.TryParse(figure.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? number.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.CurrentCulture)
                    : figure.Value;
            });
        }

        private static string? Ended(string? clauses) => clauses is null ? null : clauses + ".";
    }
}
