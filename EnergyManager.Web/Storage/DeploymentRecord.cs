using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Units;
using EnergyManager.Web.Deployment;

namespace EnergyManager.Web.Storage;

/// <summary>A deployment as it is kept.</summary>
internal sealed record DeploymentRecord
{
    public required string DeploymentId { get; init; }
    public required string DeviceId { get; init; }
    public required string Model { get; init; }
    public required DeploymentState State { get; init; }
    public string? Reason { get; init; }
    public required string RequestedBy { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Last change or report: what time-outs count from.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
    public double? BudgetMwh { get; init; }
    public bool Override { get; init; }
    public DeploymentEnergy? Predicted { get; init; }
    public DeploymentEnergy? Measured { get; init; }

    /// <summary>The artifact, from the moment that it is in the store.</summary>
    public ModelArtifact? Artifact { get; init; }

    public long? DownloadedBytes { get; init; }

    /// <summary>Deployment that this one takes back, when it is a rollback.</summary>
    public string? RollsBack { get; init; }

    /// <summary>Deployment that this one tries again.</summary>
    public string? RetryOf { get; init; }

    public GateAudit? Gate { get; init; }

    public IReadOnlyList<DeploymentStep> History { get; init; } = [];

    public DeploymentView ToView() => new()
    {
        DeploymentId = DeploymentId,
        DeviceId = DeviceId,
        Model = Model,
        State = State,
        Reason = Reason,
        RequestedBy = RequestedBy,
        RequestedAt = RequestedAt,
        EndedAt = EndedAt,
        PredictedEnergy = Predicted,
        MeasuredEnergy = Measured,
        BudgetMwh = BudgetMwh,
        Override = Override,
        RandomWeights = Artifact?.RandomWeights ?? false,
        Sha256 = Artifact?.Sha256,
        DownloadedBytes = DownloadedBytes,
        SizeBytes = Artifact?.SizeBytes,
        Gate = Gate,
        RollsBack = RollsBack,
        RetryOf = RetryOf,
        History = History,
    };

    /// <summary>An energy of the standard run from its two columns.</summary>
    public static DeploymentEnergy? Energy(double? mwh, string? provenance) =>
        mwh is { } value && provenance is not null ? new DeploymentEnergy(value, StandardRun.Inferences, provenance) : null;
}
