using System.Collections.Frozen;
using static EnergyManager.Core.Deployment.DeploymentOwner;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Core.Deployment;

/// <summary>Who brings a deployment out of a state.</summary>
public enum DeploymentOwner
{
    /// <summary>The server works on it.</summary>
    Server,

    /// <summary>The device works on it, or will when it comes back.</summary>
    Device,

    /// <summary>Nobody: it is settled.</summary>
    Nobody,
}

/// <summary>
/// The one table of deployment states and transitions. Both sides obey it: the server applies a report only if the table
/// allows it, the device enters a state only in its order.
/// </summary>
/// <remarks>
/// Every state that is not settled has a time-out of its own, an option of the server that ends it in <see cref="Failed"/>: no
/// deployment stays under way for ever. The time that a device is away does not count against it; how long it may be away has
/// an option too.
/// </remarks>
public static class DeploymentTransitions
{
    // A device that died starts over: from any device state it may go back to Downloading (the part file resumes) or, when the
    // artifact is already there and verified, to Loading. One that says that it runs the model does so, whatever became of
    // its reports of the steps between: Running follows every state that the device owns.
    private static readonly FrozenDictionary<DeploymentState, Row> Table = new Dictionary<DeploymentState, Row>
    {
        [Requested] = new(Server, [Fetching, Offered, Failed, Cancelled]),
        [Fetching] = new(Server, [Offered, Failed, Cancelled]),
        [Offered] = new(Device, [Downloading, Verifying, Loading, Running, Failed, Cancelled]),
        [Downloading] = new(Device, [Verifying, Running, Failed, Cancelled]),
        [Verifying] = new(Device, [Downloading, Loading, Running, Failed, Cancelled]),
        [Loading] = new(Device, [Downloading, Verifying, WarmingUp, Running, Failed, RolledBack, Cancelled]),
        [WarmingUp] = new(Device, [Downloading, Verifying, Loading, Checking, Running, Failed, RolledBack, Cancelled]),
        [Checking] = new(Device, [Downloading, Verifying, Loading, Running, Failed, RolledBack, Cancelled]),
        // A device that lost its data fetches what it ran again, and may fail to.
        [Running] = new(Nobody, [RolledBack, Failed]),
        [Failed] = new(Nobody, []),
        [RolledBack] = new(Nobody, []),
        [Cancelled] = new(Nobody, []),
    }.ToFrozenDictionary();

    /// <summary>States that can follow <paramref name="from"/>.</summary>
    public static IReadOnlyList<DeploymentState> From(DeploymentState from) => Table[from].Next;

    /// <summary>Whether <paramref name="to"/> can follow <paramref name="from"/>. Staying is always allowed: reports repeat.</summary>
    public static bool Allows(DeploymentState from, DeploymentState to) => from == to || Table[from].Next.Contains(to);

    /// <summary>Who brings a deployment out of a state.</summary>
    public static DeploymentOwner OwnerOf(DeploymentState state) => Table[state].Owner;

    /// <summary>Whether nothing happens any more without somebody asking: running, failed, rolled back or cancelled.</summary>
    public static bool IsSettled(DeploymentState state) => OwnerOf(state) == Nobody;

    /// <summary>Whether the device, not the server, brings the deployment into this state.</summary>
    public static bool IsReportedByDevice(DeploymentState state) =>
        state is Downloading or Verifying or Loading or WarmingUp or Checking or Running or Failed or RolledBack;

    private sealed record Row(DeploymentOwner Owner, DeploymentState[] Next);
}
