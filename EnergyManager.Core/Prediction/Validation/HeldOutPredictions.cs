using System.Runtime.InteropServices;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Intervals;

namespace EnergyManager.Core.Prediction.Validation;

/// <summary>What cross-validation predicted for every row, before it is summed up.</summary>
/// <param name="Rows">The rows that were predicted.</param>
/// <param name="Repeats">For each repeat, the prediction of each row.</param>
public sealed record HeldOutPredictions(IReadOnlyList<BenchmarkRow> Rows, IReadOnlyList<IReadOnlyList<HeldOutPrediction>> Repeats);

/// <summary>The prediction of one row by models that did not see it.</summary>
/// <param name="PredictedMwh">Run energy in mWh.</param>
/// <param name="Error">Its error, with the fold that held the row out.</param>
/// <param name="MacsMwh">Run energy in mWh of the baseline that knows MACs alone.</param>
/// <param name="DurationMwh">Run energy in mWh of the baseline that knows the duration alone.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HeldOutPrediction(double PredictedMwh, HeldOutError Error, double MacsMwh, double DurationMwh);
