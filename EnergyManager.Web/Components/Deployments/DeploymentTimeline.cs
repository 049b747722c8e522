using EnergyManager.Core.Deployment;
using EnergyManager.Web.Deployment;

namespace EnergyManager.Web.Components.Deployments;

/// <summary>One step of a deployment.</summary>
/// <param name="State">State that it entered or stayed in.</param>
/// <param name="Time">When.</param>
/// <param name="Length">How long it lasted, or lasts already; <c>null</c> for an end, which lasts.</param>
/// <param name="Message">What happened, as a sentence.</param>
/// <param name="Now">Whether it goes on.</param>
public sealed record TimelineStep(DeploymentState State, DateTimeOffset Time, TimeSpan? Length, string? Message, bool Now);

/// <summary>The life of a deployment, step by step.</summary>
public static class DeploymentTimeline
{
    /// <summary>The steps, oldest first.</summary>
    /// <param name="deployment">The deployment.</param>
    /// <param name="now">Time of the server: how long the last step lasts already. A clock that was set back gives no negative time.</param>
    public static IReadOnlyList<TimelineStep> Of(DeploymentView deployment, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        var steps = deployment.History;
        return
        [
            .. steps.Select((step, i) =>
            {
                var last = i == steps.Count - 1;
                var goesOn = last && !DeploymentTransitions.IsSettled(step.State);
                var end = last ? goesOn ? now : (DateTimeOffset?)null : steps[i + 1].Time;
                return new TimelineStep(step.State, step.Time, end is { } at ? at < step.Time ? TimeSpan.Zero : at - step.Time : null, step.Message, goesOn);
            }),
        ];
    }

    /// <summary>From the request to the end, or until now.</summary>
    public static TimeSpan Length(DeploymentView deployment, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        var end = deployment.EndedAt ?? now;
        return end < deployment.RequestedAt ? TimeSpan.Zero : end - deployment.RequestedAt;
    }
}
