namespace EnergyManager.Web.Components.Fleet;

/// <summary>What is wrong with a device, worst last.</summary>
[Flags]
public enum FleetTrouble
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is connected and says nothing.</summary>
    Stale = 1,

    /// <summary>What it measures is beyond what was predicted.</summary>
    Drift = 2,

    /// <summary>Its newest deployment was rolled back.</summary>
    RolledBack = 4,

    /// <summary>Its newest deployment failed.</summary>
    Failed = 8,

    /// <summary>Its energy is over the budget of its deployment.</summary>
    OverBudget = 16,
}

/// <summary>
/// One device at a glance, as it is shown: two equal rows look the same. Figures that are not there are <c>null</c>, never zero.
/// </summary>
public sealed record FleetRow
{
    public required string DeviceId { get; init; }
    public required string Name { get; init; }

    /// <summary>Device type as the agent reports it.</summary>
    public required string DeviceType { get; init; }

    /// <summary><c>idle</c>, <c>running</c>, <c>deploying</c>, <c>stale</c> or <c>offline</c>.</summary>
    public required string State { get; init; }

    public required bool Online { get; init; }

    /// <summary>When it was last heard of, while it is offline or stale: of others that would change with every sample.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Model that it runs.</summary>
    public string? Model { get; init; }

    /// <summary>First letters of the hash of the artifact that it runs.</summary>
    public string? Version { get; init; }

    /// <summary>Whether the weights of that artifact are random.</summary>
    public bool RandomWeights { get; init; }

    /// <summary>Deployment that is under way, or that failed or was rolled back as the newest one.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>Model of a deployment that is under way.</summary>
    public string? Coming { get; init; }

    /// <summary>Whether a sensor of its measures power.</summary>
    public bool HasPowerSensor { get; init; }

    /// <summary>Mean power of the newest sample in watts.</summary>
    public double? PowerW { get; init; }

    /// <summary>Wire form of the sensor of <see cref="PowerW"/>.</summary>
    public string? PowerProvenance { get; init; }

    /// <summary>Energy of the standard run in mWh: measured over the last minute, else of the deployment's check, else predicted.</summary>
    public double? EnergyMwh { get; init; }

    /// <summary>Wire form of where <see cref="EnergyMwh"/> is from.</summary>
    public string? EnergyProvenance { get; init; }

    /// <summary>Budget of the deployment that runs, in mWh of the standard run.</summary>
    public double? BudgetMwh { get; init; }

    /// <summary>Median latency of the newest sample in milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Processor temperature in degrees Celsius.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>Line of the last minute: power where it is measured, else processor load.</summary>
    public string Trend { get; init; } = "";

    public FleetTrouble Trouble { get; init; }
}
