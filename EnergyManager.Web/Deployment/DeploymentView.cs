using EnergyManager.Core.Deployment;

namespace EnergyManager.Web.Deployment;

/// <summary>A deployment as the dashboard and REST show it.</summary>
public sealed record DeploymentView
{
    public required string DeploymentId { get; init; }
    public required string DeviceId { get; init; }
    public required string Model { get; init; }
    public required DeploymentState State { get; init; }

    /// <summary>Why it ended as it did, as a sentence.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Predicted energy of the standard run.</summary>
    public DeploymentEnergy? PredictedEnergy { get; init; }

    /// <summary>Measured energy of the standard run, scaled from the health check, or <c>null</c> without a power sensor.</summary>
    public DeploymentEnergy? MeasuredEnergy { get; init; }

    /// <summary>Budget that was asked for, in mWh of the standard run.</summary>
    public double? BudgetMwh { get; init; }

    /// <summary>Whether the budget was overridden.</summary>
    public bool Override { get; init; }

    /// <summary>Whether the artifact's weights are random.</summary>
    public bool RandomWeights { get; init; }

    /// <summary>Bytes on the device while it downloads.</summary>
    public long? DownloadedBytes { get; init; }

    public long? SizeBytes { get; init; }

    /// <summary>Every step, oldest first.</summary>
    public IReadOnlyList<DeploymentStep> History { get; init; } = [];
}

/// <summary>An energy with its window and provenance.</summary>
/// <param name="Mwh">Energy in mWh.</param>
/// <param name="Inferences">Window: inferences that the energy is for.</param>
/// <param name="Provenance">Wire form of where it came from.</param>
public sealed record DeploymentEnergy(double Mwh, int Inferences, string Provenance);

/// <summary>A step of a deployment.</summary>
public sealed record DeploymentStep(DateTimeOffset Time, DeploymentState State, string? Message);
