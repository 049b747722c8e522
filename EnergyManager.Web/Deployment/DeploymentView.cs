using EnergyManager.Core.Deployment;
using EnergyManager.Core.Units;

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

    /// <summary>Who asked: <c>dashboard</c>, <c>api</c>, <c>api:&lt;name of the key&gt;</c>.</summary>
    public string RequestedBy { get; init; } = "";

    public required DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Predicted energy of the standard run.</summary>
    public DeploymentEnergy? PredictedEnergy { get; init; }

    /// <summary>Measured energy of the standard run, scaled from the health check, or <c>null</c> without a power sensor.</summary>
    public DeploymentEnergy? MeasuredEnergy { get; init; }

    /// <summary>How far the measured energy is off the predicted one, in percent of it, where a sensor of the whole board measured it.</summary>
    public double? EnergyErrorPercent =>
        PredictedEnergy is { Mwh: > 0 } predicted && MeasuredEnergy is { } measured && predicted.Inferences == measured.Inferences
        && Provenance.TryParse(measured.Provenance, out var provenance) && provenance.Scope == PowerScope.WholeBoard
            ? 100 * ((measured.Mwh / predicted.Mwh) - 1)
            : null;

    /// <summary>Budget that was asked for, in mWh of the standard run.</summary>
    public double? BudgetMwh { get; init; }

    /// <summary>Whether the budget was overridden.</summary>
    public bool Override { get; init; }

    /// <summary>Whether the artifact's weights are random.</summary>
    public bool RandomWeights { get; init; }

    /// <summary>Hash of the artifact, from the moment that it is in the store: the version that runs.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Bytes on the device while it downloads.</summary>
    public long? DownloadedBytes { get; init; }

    public long? SizeBytes { get; init; }

    /// <summary>Where the server fetches from and how far it is, while it does.</summary>
    public FetchState? Fetch { get; init; }

    /// <summary>What the energy gate decided; <c>null</c> for a rollback, which brings back what was let through before.</summary>
    public GateAudit? Gate { get; init; }

    /// <summary>Deployment that this one takes back, when it is a rollback by hand.</summary>
    public string? RollsBack { get; init; }

    /// <summary>Deployment that this one tries again.</summary>
    public string? RetryOf { get; init; }

    /// <summary>Every step, oldest first.</summary>
    public IReadOnlyList<DeploymentStep> History { get; init; } = [];
}

/// <summary>How far a fetch is.</summary>
/// <param name="Source">Where it comes from, in words.</param>
/// <param name="Bytes">Bytes so far.</param>
/// <param name="TotalBytes">Bytes in all, where known.</param>
/// <param name="Note">What the source itself says that it is doing.</param>
public sealed record FetchState(string Source, long Bytes, long? TotalBytes, string? Note = null);

/// <summary>An energy with its window and provenance.</summary>
/// <param name="Mwh">Energy in mWh.</param>
/// <param name="Inferences">Window: inferences that the energy is for.</param>
/// <param name="Provenance">Wire form of where it came from.</param>
public sealed record DeploymentEnergy(double Mwh, int Inferences, string Provenance);

/// <summary>A step of a deployment.</summary>
public sealed record DeploymentStep(DateTimeOffset Time, DeploymentState State, string? Message);
