namespace EnergyManager.Web.Deployment;

/// <summary>A decision of the energy gate: who asked for what, when, and what was said.</summary>
public sealed record GateAudit
{
    public required DateTimeOffset Time { get; init; }
    public required string RequestedBy { get; init; }
    public required string DeviceId { get; init; }
    public required string Model { get; init; }

    /// <summary><c>accepted</c>, <c>overridden</c> or <c>refused</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>The decision as a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>Predicted energy of the standard run, where there was a prediction.</summary>
    public DeploymentEnergy? PredictedEnergy { get; init; }

    /// <summary>Whether the prediction was corrected by what the device had measured.</summary>
    public bool Calibrated { get; init; }

    /// <summary>Budget in mWh of the standard run, or <c>null</c> for none.</summary>
    public double? BudgetMwh { get; init; }

    /// <summary>The deployment that followed; none after a refusal.</summary>
    public string? DeploymentId { get; init; }
}
