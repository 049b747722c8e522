using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Validation;

/// <summary>
/// Tells which rows of a file say how long their run was. A raw file may have a latency column and no count: the column then
/// holds the duration of the run in some releases, and of one inference in others, and only a run has a run energy.
/// </summary>
public static class StatedRuns
{
    // Runs are of a hundred inferences or more, and predicted latencies are within a factor of 2.
    private const double LeastInferencesOfARun = 50;

    /// <summary>The rows whose run is known: stated, or a latency that is far too long for one inference of that network on the board.</summary>
    /// <param name="model">Predicts the latency of one inference. Energies are not looked at.</param>
    /// <param name="file">The file.</param>
    /// <param name="rows">Its rows, in file order.</param>
    public static IReadOnlyList<BenchmarkRow> Of(IDeviceEnergyModel model, BenchmarkFile file, IReadOnlyList<BenchmarkRow> rows)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. rows.Where((row, i) => file.Records[i].RunDurationS is not null || IsTooLongForOne(model, file.Records[i], row))];
    }

    // A compressed network may be far slower than its figures say: its latency tells nothing.
    private static bool IsTooLongForOne(IDeviceEnergyModel model, BenchmarkRecord record, BenchmarkRow row) =>
        record.Name.Precision is null && row.RunDurationS >= LeastInferencesOfARun * LatencyS(model, row);

    private static double LatencyS(IDeviceEnergyModel model, BenchmarkRow row) =>
        model.Estimate(ModelFigures.Of(row) with { Batch = 1, LatencyS = double.NaN, RunDurationS = double.NaN }).LatencyS;
}
