using System.Globalization;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Deployment;

/// <summary>
/// Progress of a fetch as the few sentences that belong into a deployment's history: when it begins, at every quarter, and when it
/// has to wait.
/// </summary>
internal sealed class FetchSteps(Action<string> say) : IProgress<FetchProgress>
{
    /// <summary>A poor line must not fill the history.</summary>
    private const int MaximumSteps = 20;

    private (string Source, FetchStage Stage, long Quarter)? _said;
    private int _steps;

    public void Report(FetchProgress value)
    {
        if (value.Stage is FetchStage.Searching or FetchStage.Storing)
            return;
        var step = (value.Source, value.Stage, Quarter: value is { Stage: FetchStage.Downloading, TotalBytes: > 0 and var total } ? 4 * value.Bytes / total : 0);
        if (_said == step || _steps >= MaximumSteps)
            return;
        _said = step;
        _steps++;
        say(Words(value));
    }

    private static string Words(FetchProgress value) => value.Stage switch
    {
        FetchStage.Waiting => string.Create(CultureInfo.InvariantCulture, $"{value.Source}: the next attempt is in {value.Wait?.TotalSeconds:0.#} s."),
        FetchStage.Exporting => value.Note is { } note ? $"{value.Source}: {note}" : $"{value.Source} writes the model.",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.Bytes / 1e6:0.#}{(value.TotalBytes is { } total ? $" of {total / 1e6:0.#}" : "")} MB from {value.Source}."),
    };
}
