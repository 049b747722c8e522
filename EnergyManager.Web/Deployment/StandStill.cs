using System.Globalization;
using EnergyManager.Core.Deployment;

namespace EnergyManager.Web.Deployment;

/// <summary>How long a deployment may stand still in each state, and what is said when it did.</summary>
internal static class StandStill
{
    /// <summary>The time-out of a state, or <c>null</c> for a settled one.</summary>
    public static TimeSpan? Limit(DeploymentState state, DeploymentOptions options) => state switch
    {
        DeploymentState.Requested => options.RequestTimeout,
        DeploymentState.Fetching => options.FetchTimeout,
        DeploymentState.Offered => options.OfferTimeout,
        DeploymentState.Downloading => options.DownloadTimeout,
        DeploymentState.Verifying => options.VerifyTimeout,
        DeploymentState.Loading => options.LoadTimeout,
        DeploymentState.WarmingUp => options.WarmUpTimeout,
        DeploymentState.Checking => options.CheckTimeout,
        _ => null,
    };

    /// <summary>What timed out, after how long, and what to do.</summary>
    public static string Sentence(DeploymentState state, TimeSpan limit, string model, string device) => state switch
    {
        DeploymentState.Requested =>
            $"The server did not begin with {model} within {Text(limit)}: look at its log, then retry.",
        DeploymentState.Fetching =>
            $"{model} could not be fetched within {Text(limit)}: nothing came in that time. Check the network of the server or upload the file, then retry.",
        DeploymentState.Offered =>
            $"{device} is connected and did not take up {model} within {Text(limit)}: look at its agent's log or restart the agent, then retry.",
        DeploymentState.Downloading =>
            $"The download of {model} to {device} made no progress for {Text(limit)}: check the device's network and disk, then retry; it goes on from where it stands.",
        DeploymentState.Verifying =>
            $"{device} did not finish checking size and SHA-256 of {model} within {Text(limit)}: look at its disk and its agent's log, then retry.",
        DeploymentState.Loading =>
            $"{device} did not finish loading {model} within {Text(limit)}: it may be too large for the board's memory. Choose a smaller model, or restart the agent and retry.",
        DeploymentState.WarmingUp =>
            $"{device} did not finish the first inferences of {model} within {Text(limit)}: the model may be too slow for the board. Choose a smaller one, or retry.",
        _ =>
            $"{device} did not finish the health check of {model} within {Text(limit)}: the model may be too slow for the board. Choose a smaller one, or retry.",
    };

    /// <summary>The same for a device that stayed away.</summary>
    public static string AwaySentence(DeploymentState state, TimeSpan limit, string model, string device) =>
        $"{device} was away for {Text(limit)} while {model} was {(state == DeploymentState.Offered ? "waiting for it" : "on its way")}: bring the device back, then retry.";

    /// <summary>A length of time for people: <c>8 s</c>, <c>5 min</c>, <c>2 h</c>, <c>7 days</c>.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => Count(time.TotalDays, "days"),
        { TotalHours: >= 2 } => Count(time.TotalHours, "h"),
        { TotalMinutes: >= 2 } => Count(time.TotalMinutes, "min"),
        _ => Count(time.TotalSeconds, "s"),
    };

    private static string Count(double count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count:0.#} {unit}");
}
