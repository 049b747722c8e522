using EnergyManager.Core.Deployment;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Agent.Artifacts;

internal static class DeploymentOrder
{
    /// <summary>The table of transitions allows the reports of a deployment in the order in which they came.</summary>
    public static void Check(IEnumerable<DeploymentState> states)
    {
        var state = Offered;
        foreach (var next in states)
        {
            DeploymentTransitions.Allows(state, next).ShouldBeTrue($"{state} -> {next}");
            state = next;
        }
    }
}
