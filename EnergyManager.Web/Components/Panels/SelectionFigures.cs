using EnergyManager.Core.Prediction;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Components.Panels;

/// <summary>
/// What a model costs on the target, in the order that the deploy gate judges by: what the device's own measurements say, else the
/// figures of its kind of board, else what is predicted without any.
/// </summary>
/// <param name="RunEnergyMwh">Energy of the standard run in mWh.</param>
/// <param name="PerInferenceMj">Energy of an inference in mJ.</param>
/// <param name="PowerW">Average power in W.</param>
/// <param name="LatencyS">Latency of an inference in s.</param>
/// <param name="ThroughputPerS">Inferences a second.</param>
/// <param name="Category">Energy class as the wire has it.</param>
/// <param name="Provenance">Where the energy is from, as the wire has it.</param>
public sealed record SelectionFigures(
    double? RunEnergyMwh, double? PerInferenceMj, double? PowerW, double? LatencyS, double? ThroughputPerS, string? Category, string? Provenance)
{
    /// <summary>The figures of a model on a target.</summary>
    /// <param name="model">The model's row in the library of the board, or <c>null</c> where none is chosen.</param>
    /// <param name="prediction">What is predicted for the target, or <c>null</c> while that is asked for and where it cannot be made.</param>
    public static SelectionFigures Of(ModelView? model, EnergyPrediction? prediction) =>
        prediction is not null && (prediction.Mode == PredictionMode.Calibrated || model?.EnergyMwh is null)
            ? new(
                prediction.RunEnergy.MilliwattHours,
                prediction.EnergyPerInference.Millijoules,
                prediction.AveragePower.Watts,
                prediction.LatencyS,
                1 / prediction.LatencyS,
                EnergyTerms.Wire(prediction.Category),
                "predicted")
            : new(
                model?.EnergyMwh,
                model?.EnergyPerInferenceMj,
                model?.AvgPowerW,
                model?.LatencyAvgS,
                model?.ThroughputIterPerS,
                model?.EnergyCategory,
                model?.EnergyMwh is null ? null : model.Provenance);
}
