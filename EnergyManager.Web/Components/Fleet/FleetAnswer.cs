using EnergyManager.Web.Deployment;

namespace EnergyManager.Web.Components.Fleet;

/// <summary>What became of a request to one of several devices.</summary>
/// <param name="DeviceId">Device.</param>
/// <param name="Name">Its name.</param>
/// <param name="Outcome">The answer; <c>null</c> while it is awaited.</param>
/// <param name="Deployment">The deployment that came of it, as it is now.</param>
public sealed record FleetAnswer(string DeviceId, string Name, DeployOutcome? Outcome, DeploymentView? Deployment)
{
    /// <summary>Why it is so, as a sentence.</summary>
    public string? Message => Deployment?.Reason ?? (Outcome is { Status: not DeployStatus.Accepted } ? Outcome.Message : null);

    /// <summary>Whether the device refused because of its budget: asked again it can be overridden.</summary>
    public bool OverBudget => Outcome?.Status == DeployStatus.OverBudget;
}
