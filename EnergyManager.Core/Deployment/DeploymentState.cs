namespace EnergyManager.Core.Deployment;

/// <summary>Life of a deployment. Server states come first, then those that the device reports, then the ends.</summary>
public enum DeploymentState
{
    /// <summary>Asked for and through the energy gate.</summary>
    Requested,

    /// <summary>The server fetches the artifact into its store.</summary>
    Fetching,

    /// <summary>Desired state is stored; the device has not taken it up yet (it may be offline).</summary>
    Offered,

    /// <summary>The device downloads the artifact.</summary>
    Downloading,

    /// <summary>The device checks size and SHA-256.</summary>
    Verifying,

    /// <summary>The device loads the model beside the one that runs.</summary>
    Loading,

    /// <summary>First inferences, not measured.</summary>
    WarmingUp,

    /// <summary>Self-benchmark and health check.</summary>
    Checking,

    /// <summary>The model runs: the deployment ended well.</summary>
    Running,

    /// <summary>The deployment ended without the model, or its device lost the model and could not get it again; what ran before runs on.</summary>
    Failed,

    /// <summary>The model ran and was replaced by the one before it, automatically or by hand.</summary>
    RolledBack,

    /// <summary>Superseded by a newer deployment or withdrawn before it ran.</summary>
    Cancelled,
}
