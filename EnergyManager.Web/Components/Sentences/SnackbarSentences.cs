using EnergyManager.Web.Deployment;
using MudBlazor;

namespace EnergyManager.Web.Components.Sentences;

/// <summary>Sentences of the server in a note at the edge of the window, in the visitor's language and for as long as reading takes.</summary>
public static class SnackbarSentences
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // Three words a second is slow reading; three seconds go by before a note is noticed.
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(3);
    private const double CharactersPerSecond = 15;

    /// <summary>How long a note with this text stays: 6 to 30 s.</summary>
    public static TimeSpan ReadingTime(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var time = Notice + TimeSpan.FromSeconds(text.Length / CharactersPerSecond);
        return time < Shortest ? Shortest : time > Longest ? Longest : time;
    }

    /// <summary>Shows a sentence of the server.</summary>
    /// <param name="snackbar">Where notes are shown.</param>
    /// <param name="sentence">What the server said, in English.</param>
    /// <param name="severity">How grave it is.</param>
    /// <param name="about">Name of the device that it is about, where the sentence does not say so.</param>
    /// <param name="configure">What else the note has.</param>
    public static void Say(this ISnackbar snackbar, string sentence, Severity severity, string? about = null, Action<SnackbarOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(snackbar);
        var text = (about is null ? "" : $"{about}: ") + ServerSentences.Say(sentence).Text;
        snackbar.Add(text, severity, options =>
        {
            options.VisibleStateDuration = (int)ReadingTime(text).TotalMilliseconds;
            configure?.Invoke(options);
        });
    }

    /// <summary>Shows what came of a request: a refusal is a warning.</summary>
    /// <inheritdoc cref="Say(ISnackbar, string, Severity, string?, Action{SnackbarOptions}?)"/>
    public static void Say(this ISnackbar snackbar, DeployOutcome outcome, string? about = null, Action<SnackbarOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        snackbar.Say(outcome.Message, outcome.Status == DeployStatus.Accepted ? Severity.Success : Severity.Warning, about, configure);
    }
}
