using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Inference.Health;

/// <summary>What a model may take, as its deployment says; <c>null</c> for no limit.</summary>
public sealed record ModelLimits
{
    public static ModelLimits None { get; } = new();

    /// <summary>Median latency in milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Predicted energy per inference in mJ; calibrated where the device has been measured.</summary>
    public double? PredictedMj { get; init; }

    /// <summary>Multiple of <see cref="PredictedMj"/> that is not accepted any more.</summary>
    public double? EnergyFactor { get; init; }

    /// <summary>The budget as energy per inference in mJ, unless it was overridden.</summary>
    public double? BudgetMj { get; init; }

    public static ModelLimits Of(DesiredModel model) => new()
    {
        LatencyMs = model.MaximumLatencyMs,
        PredictedMj = model.PredictedEnergyPerInferenceMj,
        EnergyFactor = model.MaximumEnergyFactor,
        BudgetMj = model.BudgetEnergyPerInferenceMj,
    };

    /// <summary>The lower of the two limits of energy, with its name, or <c>null</c> when there is none.</summary>
    public EnergyLimit? Energy()
    {
        var prediction = PredictedMj is { } predicted && EnergyFactor is { } factor
            ? new EnergyLimit(predicted * factor, FormattableString.Invariant($"{factor:0.#} times the predicted {predicted:0.#} mJ (the server's setting Deployment:MaximumEnergyFactor)"))
            : null;
        var budget = BudgetMj is { } mj ? new EnergyLimit(mj, FormattableString.Invariant($"the budget of {mj:0.#} mJ per inference")) : null;
        return prediction is null || budget?.Mj <= prediction.Mj ? budget : prediction;
    }
}

/// <summary>A limit of energy per inference.</summary>
/// <param name="Mj">In mJ.</param>
/// <param name="Name">In words, with its figure.</param>
public sealed record EnergyLimit(double Mj, string Name);
