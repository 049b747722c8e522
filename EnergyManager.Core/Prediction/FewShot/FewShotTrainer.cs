using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Intervals;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>Learns a board from a handful of its measurements, starting from the nearest board that has a model.</summary>
/// <param name="time">Measures how long training takes.</param>
public sealed class FewShotTrainer(TimeProvider time)
{
    /// <summary>Rows that a table must have, each with a known or likely inference count.</summary>
    public const int MinimumRows = 3;

    /// <summary>
    /// Learns the board of a table. Of the given models the nearest is taken: the one whose corrected predictions err least on
    /// rows that were left out.
    /// </summary>
    /// <param name="table">The board's own measurements.</param>
    /// <param name="others">Models of other boards, at least one.</param>
    /// <exception cref="TrainingRefusedException">There are too few rows, or one cannot be used.</exception>
    public FewShotArtifact Train(BenchmarkTable table, IReadOnlyList<EnergyModelArtifact> others)
    {
        if (table.Rows.Count(FewShotCorrection.IsTimed) is var timed and < MinimumRows)
        {
            throw new TrainingRefusedException(
                $"The table has {table.Rows.Count} usable rows, {timed} of them with a known inference count (column inferences or iterations_per_measurement, or --inferences for all rows); {MinimumRows} with one are needed.");
        }
        foreach (var row in table.Rows)
            EnergyModelTrainer.Check(row);

        var start = time.GetTimestamp();
        var (nearest, correction) = others.Select(other => new NearestBoard(other))
            .Select(board => (Board: board, Correction: FewShotCorrection.Fit(table.Rows, board)))
            .MinBy(candidate => candidate.Correction.Distance);
        var artifact = Artifact(table, nearest, correction);
        var quartiles = Quartiles(new FewShotEnergyModel(artifact with { QuartilesMwh = [0, 0, 0] }, nearest.Artifact, table.Device));
        return artifact with
        {
            QuartilesMwh = quartiles.Mwh,
            QuartileModels = quartiles.Models,
            TrainingSeconds = time.GetElapsedTime(start).TotalSeconds,
        };
    }

    /// <summary>The artifact of a correction, without quartiles.</summary>
    internal static FewShotArtifact Artifact(BenchmarkTable table, NearestBoard nearest, FewShotCorrection correction)
    {
        BenchmarkRow[] timed = [.. table.Rows.Where(FewShotCorrection.IsTimed)];
        return new FewShotArtifact
        {
            DeviceId = table.Device.Id,
            TableSha256 = table.Sha256,
            BaseDeviceId = nearest.Artifact.DeviceId,
            BaseVersion = nearest.Artifact.Version,
            Rows = table.Rows.Count,
            LogSlowness = correction.LogSlowness,
            Power = correction.Power.Function,
            StaticPower = correction.StaticPower.Function,
            StaticEnergy = correction.StaticEnergy.Function,
            MeasuredIntervals = SmallSampleIntervals.From(correction.Power.LeftOut, nearest.Artifact.MeasuredIntervals),
            StaticIntervals = SmallSampleIntervals.From(correction.StaticEnergy.LeftOut, nearest.Artifact.StaticIntervals),
            Spreads = Spreads(correction, nearest.Artifact.Spreads),
            MeasuredAccuracy = Accuracy(table.Rows, correction.Power.LeftOut),
            StaticAccuracy = Accuracy(timed, correction.StaticEnergy.LeftOut),
        };
    }

    private static HeldOutSpreads Spreads(FewShotCorrection correction, HeldOutSpreads least)
    {
        static double RootMeanSquare(IEnumerable<double> errors) => Math.Sqrt(errors.Average(e => e * e));
        return new HeldOutSpreads(
            Math.Max(RootMeanSquare(correction.Power.LeftOut), least.MeasuredPower),
            Math.Max(RootMeanSquare(correction.StaticPower.LeftOut), least.StaticPower),
            Math.Max(RootMeanSquare(correction.StaticLatencyLeftOut), least.StaticLatency));
    }

    private static AccuracyFigures Accuracy(IReadOnlyList<BenchmarkRow> rows, double[] leftOut)
    {
        var meter = new AccuracyMeter();
        for (var i = 0; i < rows.Count; i++)
            meter.Add(rows[i].RunEnergyMwh, rows[i].RunEnergyMwh * Math.Exp(-leftOut[i]));
        return meter.Figures();
    }

    /// <summary>Quartiles of the standard run of every network of the product's tables, predicted for the board.</summary>
    private static (double[] Mwh, int Models) Quartiles(FewShotEnergyModel model)
    {
        double[] mwh =
        [
            .. DeviceTypes.All.SelectMany(device => ModelCatalog.Of(BenchmarkCatalog.Load(device)))
                .DistinctBy(entry => entry.Model, StringComparer.OrdinalIgnoreCase)
                .Select(entry => model.Estimate(RequestFigures.Of(entry.ToPredictionRequest(model.Device) with { LatencyS = null })))
                .Select(estimate => Energy.FromJoules(estimate.Watts * estimate.LatencyS * StandardRun.Inferences).MilliwattHours)
                .Order(),
        ];
        double Quantile(double share) => mwh[(int)Math.Round(share * (mwh.Length - 1))];
        return ([Quantile(0.25), Quantile(0.5), Quantile(0.75)], mwh.Length);
    }
}
