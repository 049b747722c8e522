using System.Collections.Frozen;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Core.Deployment;

/// <summary>
/// The one table of deployment states and transitions. Both sides obey it: the server applies a report only if the table
/// allows it, the device enters a state only in its order.
/// </summary>
public static class DeploymentTransitions
{
    // A device that died starts over: from any device state it may go back to Downloading (the part file resumes) or, when the
    // artifact is already there and verified, to Loading.
    private static readonly FrozenDictionary<DeploymentState, DeploymentState[]> Table = new Dictionary<DeploymentState, DeploymentState[]>
    {
        [Requested] = [Fetching, Offered, Failed, Cancelled],
        [Fetching] = [Offered, Failed, Cancelled],
        [Offered] = [Downloading, Verifying, Loading, Failed, Cancelled],
        [Downloading] = [Verifying, Failed, Cancelled],
        [Verifying] = [Downloading, Loading, Failed, Cancelled],
        [Loading] = [Downloading, Verifying, WarmingUp, Failed, RolledBack, Cancelled],
        [WarmingUp] = [Downloading, Verifying, Loading, Checking, Failed, RolledBack, Cancelled],
        [Checking] = [Downloading, Verifying, Loading, Running, Failed, RolledBack, Cancelled],
        // A device that lost its data fetches what it ran again, and may fail to.
        [Running] = [RolledBack, Failed],
        [Failed] = [],
        [RolledBack] = [],
        [Cancelled] = [],
    }.ToFrozenDictionary();

    /// <summary>States that can follow <paramref name="from"/>.</summary>
    public static IReadOnlyList<DeploymentState> From(DeploymentState from) => Table[from];

    /// <summary>Whether <paramref name="to"/> can follow <paramref name="from"/>. Staying is always allowed: reports repeat.</summary>
    public static bool Allows(DeploymentState from, DeploymentState to) => from == to || Table[from].Contains(to);

    /// <summary>Whether nothing happens any more without somebody asking: running, failed, rolled back or cancelled.</summary>
    public static bool IsSettled(DeploymentState state) => state is Running or Failed or RolledBack or Cancelled;

    /// <summary>Whether the device, not the server, brings the deployment into this state.</summary>
    public static bool IsReportedByDevice(DeploymentState state) =>
        state is Downloading or Verifying or Loading or WarmingUp or Checking or Running or Failed or RolledBack;
}
