using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Validation;

/// <summary>The errors under one protocol.</summary>
/// <param name="Grouping">What the folds kept together.</param>
/// <param name="Mode">What was known of a held-out row.</param>
/// <param name="Result">The errors, the coverage and the baselines.</param>
public sealed record ProtocolResult(FoldGrouping Grouping, PredictionMode Mode, EvaluationResult Result)
{
    /// <summary>Every row as it was predicted while it was held out.</summary>
    public required IReadOnlyList<ValidatedRow> Rows { get; init; }
}

/// <summary>Everything that cross-validation tells of a table's model: what <c>/api/energy/model</c> shows in full.</summary>
/// <param name="Protocols">Each grouping in each mode.</param>
/// <param name="MeasuredImportance">Permutation importance of power where the model ran, architectures held out.</param>
/// <param name="StaticImportance">Permutation importance of energy per inference where it did not.</param>
public sealed record ModelValidation(
    IReadOnlyList<ProtocolResult> Protocols, IReadOnlyList<FeatureImportance> MeasuredImportance, IReadOnlyList<FeatureImportance> StaticImportance)
{
    /// <summary>Validates a table's model: one repeat of each protocol. Takes seconds.</summary>
    /// <exception cref="TrainingRefusedException">The table cannot be cross-validated.</exception>
    public static ModelValidation Of(BenchmarkTable table, TrainingOptions training, CancellationToken cancellationToken)
    {
        List<ProtocolResult> protocols = [];
        foreach (var mode in (ReadOnlySpan<PredictionMode>)[PredictionMode.MeasuredLatency, PredictionMode.Static])
        {
            foreach (var grouping in Enum.GetValues<FoldGrouping>().Where(grouping => grouping != FoldGrouping.Campaign || HasSetups(mode)))
            {
                var heldOut = EnergyModelEvaluator.HoldOut(table, Options(grouping, mode), cancellationToken);
                protocols.Add(new ProtocolResult(grouping, mode, EnergyModelEvaluator.Summarise(table.Device.Id, heldOut)) { Rows = EnergyModelEvaluator.RowsOf(heldOut) });
            }
        }

        return new ModelValidation(
            protocols,
            PermutationImportance.Measure(table, Options(FoldGrouping.Architecture, PredictionMode.MeasuredLatency), cancellationToken),
            PermutationImportance.Measure(table, Options(FoldGrouping.Architecture, PredictionMode.Static), cancellationToken));

        // A table of one set-up says nothing of another.
        bool HasSetups(PredictionMode mode) => table.Rows
            .Where(row => mode != PredictionMode.Static || !double.IsNaN(ModelFigures.LikelyLatencyPerInputS(row)))
            .DistinctBy(row => row.Campaign, StringComparer.Ordinal).Skip(1).Any();

        EvaluationOptions Options(FoldGrouping grouping, PredictionMode mode) => new() { Training = training, Grouping = grouping, Mode = mode, Repeats = 1 };
    }
}
