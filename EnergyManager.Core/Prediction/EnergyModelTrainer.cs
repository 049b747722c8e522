using System.Runtime.InteropServices;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Intervals;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction;

/// <summary>Trains gradient-boosted trees on a table, and measures their errors on held-out architectures.</summary>
/// <param name="time">Measures how long training takes.</param>
public sealed class EnergyModelTrainer(TimeProvider time) : IEnergyModelTrainer
{
    /// <summary>Rows that a table must have.</summary>
    public const int MinimumRows = 20;

    /// <summary>Rows with a known or likely inference count that a table must have: latency and the traffic light rest on them.</summary>
    public const int MinimumTimedRows = 12;

    /// <inheritdoc/>
    public EnergyModelArtifact Train(BenchmarkTable table, TrainingOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        Check(table, options);
        var start = time.GetTimestamp();
        var rows = table.Rows;
        var folds = Folds.Assign(rows, FoldGrouping.Architecture, options.Folds, options.Boosting.Seed);
        var trainer = new EnergyForestTrainer(options);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Boosting.MaxThreads, CancellationToken = cancellationToken };

        var heldOut = new HeldOutRow[rows.Count];
        // The folds measure the errors of the chosen shapes. What the choice itself adds to them is measured by evaluation, where each fold chooses anew.
        var forests = trainer.Fit(rows, options.Boosting.Ensembles, cancellationToken);
        Parallel.For(0, options.Folds, parallel, fold =>
            HoldOut(rows, folds, fold, heldOut, training => trainer.Fit(training, options.FoldEnsembles, cancellationToken, like: forests)));

        var quartiles = Thresholds(table);
        return new EnergyModelArtifact
        {
            DeviceId = table.Device.Id,
            TableSha256 = table.Sha256,
            OptionsSha256 = options.Hash,
            Rows = rows.Count,
            MeasuredFeatures = FeatureSet.Measured.Names,
            CampaignFeatures = FeatureSet.MeasuredInCampaign.Names,
            StaticFeatures = FeatureSet.Static.Names,
            Forests = forests,
            MeasuredIntervals = ConformalCalibration.From([.. heldOut.Select(h => h.Measured)]),
            CampaignIntervals = ConformalCalibration.From([.. heldOut.Select(h => h.InCampaign)]),
            StaticIntervals = ConformalCalibration.From([.. heldOut.Where(h => h.IsTimed).Select(h => h.Static)]),
            UnnamedIntervals = new UnnamedIntervals(
                ConformalCalibration.From([.. heldOut.Select(h => h.Graph.Power)]),
                ConformalCalibration.From([.. heldOut.Select(h => h.Figures.Power)]),
                ConformalCalibration.From([.. heldOut.Where(h => h.IsTimed).Select(h => h.Graph.Static)]),
                ConformalCalibration.From([.. heldOut.Where(h => h.IsTimed).Select(h => h.Figures.Static)])),
            Spreads = new HeldOutSpreads(
                HeldOutSpreads.Of([.. heldOut.Select(h => h.Measured)]),
                HeldOutSpreads.Of([.. heldOut.Select(h => h.StaticPower)]),
                HeldOutSpreads.Of([.. heldOut.Where(h => h.IsTimed).Select(h => h.StaticLatency)])),
            MeasuredAccuracy = Accuracy(rows, heldOut, h => h.Measured),
            StaticAccuracy = Accuracy(rows, heldOut, h => h.Static, timedOnly: true),
            Validation = $"{options.Folds}-fold cross-validation, no architecture in both parts",
            Distribution = TrainingDistribution.Of(rows),
            QuartilesMwh = [quartiles.ExcellentBelow.MilliwattHours, quartiles.GoodBelow.MilliwattHours, quartiles.AcceptableBelow.MilliwattHours],
            QuartileRows = quartiles.Rows,
            QuartilesAreLikely = quartiles.AreLikely,
            TrainingSeconds = time.GetElapsedTime(start).TotalSeconds,
        };
    }

    /// <summary>
    /// Quartiles of the standard-run energy over the rows with a known inference count; where there are too few of them, over
    /// those with a likely one.
    /// </summary>
    /// <exception cref="TrainingRefusedException">No row has one.</exception>
    public static EnergyThresholds Thresholds(BenchmarkTable table)
    {
        double[] standardRuns = [.. table.Rows.Select(r => r.EnergyPerInference?.OfStandardRun().Joules).OfType<double>().Order()];
        var areLikely = standardRuns.Length < MinimumTimedRows;
        if (areLikely)
        {
            standardRuns =
            [
                .. table.Rows.Select(r => r.AveragePower.Watts * ModelFigures.LikelyLatencyPerInputS(r) * StandardRun.Inferences)
                    .Where(double.IsFinite).Order(),
            ];
        }

        if (standardRuns.Length == 0)
            throw new TrainingRefusedException("No row has a known or likely inference count, so there is no standard-run energy to take quartiles of.");
        return new EnergyThresholds(table.Device, At(0.25), At(0.5), At(0.75), standardRuns.Length) { AreLikely = areLikely };

        // Linear between the neighbouring values.
        Energy At(double share)
        {
            var position = share * (standardRuns.Length - 1);
            var below = (int)position;
            var above = Math.Min(below + 1, standardRuns.Length - 1);
            return Energy.FromJoules(standardRuns[below] + (position - below) * (standardRuns[above] - standardRuns[below]));
        }
    }

    private static void HoldOut(
        IReadOnlyList<BenchmarkRow> rows, int[] folds, int fold, HeldOutRow[] heldOut, Func<IReadOnlyList<BenchmarkRow>, EnergyForests> fit)
    {
        BenchmarkRow[] training = [.. rows.Where((_, i) => folds[i] != fold)];
        var forests = fit(training);
        var distribution = TrainingDistribution.Of(training);
        for (var i = 0; i < rows.Count; i++)
        {
            if (folds[i] != fold)
                continue;
            var figures = ModelFigures.Of(rows[i]);
            var widening = TrainingDistribution.Widening(distribution.Score(figures));
            var logPower = Math.Log(rows[i].AveragePower.Watts);
            var logLatency = Math.Log(ModelFigures.LikelyLatencyPerInputS(rows[i]));
            var (powerError, latencyError) = (logPower - forests.LogStaticPower(figures), logLatency - forests.LogStaticLatency(figures));
            heldOut[i] = new HeldOutRow(
                new(logPower - forests.LogPower(figures with { Campaign = null }), widening, fold),
                new(logPower - forests.LogPower(figures), widening, fold), new(powerError + latencyError, widening, fold),
                new(powerError, widening, fold), new(latencyError, widening, fold), Unnamed(figures.WithoutName()), Unnamed(figures.WithoutGraph()));

            UnnamedErrors Unnamed(ModelFigures view) => new(
                new(logPower - forests.LogPower(view with { Campaign = null }), widening, fold),
                new(logPower + logLatency - forests.LogStaticPower(view) - forests.LogStaticLatency(view), widening, fold));
        }
    }

    private static AccuracyFigures Accuracy(
        IReadOnlyList<BenchmarkRow> rows, HeldOutRow[] heldOut, Func<HeldOutRow, HeldOutError> error, bool timedOnly = false)
    {
        var meter = new AccuracyMeter();
        for (var i = 0; i < rows.Count; i++)
        {
            if (!timedOnly || heldOut[i].IsTimed)
                meter.Add(rows[i].RunEnergyMwh, rows[i].RunEnergyMwh * Math.Exp(-error(heldOut[i]).LogResidual));
        }
        return meter.Figures();
    }

    private static void Check(BenchmarkTable table, TrainingOptions options)
    {
        if (table.Rows.Count < MinimumRows)
            throw new TrainingRefusedException($"The table has {table.Rows.Count} rows; {MinimumRows} are needed.");
        if (table.Rows.Count(r => !double.IsNaN(ModelFigures.LikelyLatencyPerInputS(r))) is var timed and < MinimumTimedRows)
            throw new TrainingRefusedException($"{timed} rows have a known or likely inference count; {MinimumTimedRows} are needed.");
        if (table.Rows.Select(r => r.Architecture).Distinct(StringComparer.Ordinal).Count() < options.Folds)
            throw new TrainingRefusedException($"The table has fewer architectures than the {options.Folds} folds.");
        foreach (var row in table.Rows)
            Check(row);
    }

    /// <summary>Checks that a row can be learned from.</summary>
    /// <exception cref="TrainingRefusedException">A figure is not finite or not greater than 0.</exception>
    internal static void Check(BenchmarkRow row)
    {
        foreach (var (field, value) in (ReadOnlySpan<(string, double)>)
            [
                ("params_m", row.ParamsM), ("gmacs", row.Gmacs), ("size_mb", row.SizeMb), ("input_width", row.InputWidth),
                ("input_height", row.InputHeight), ("batch", row.Batch ?? 1), ("run_duration_s", row.RunDurationS),
                ("run_energy_mwh", row.RunEnergyMwh), ("inferences", row.Inferences ?? 1),
            ])
        {
            if (!(value > 0) || !double.IsFinite(value))
                throw new TrainingRefusedException($"Row '{row.Model}': {field} is {value}; a finite number greater than 0 is needed. Audit the table first.");
        }
    }

    /// <summary>The errors of one row when its architecture was held out. Those of static energy and latency are NaN without an inference count.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct HeldOutRow(
        HeldOutError Measured, HeldOutError InCampaign, HeldOutError Static, HeldOutError StaticPower, HeldOutError StaticLatency,
        UnnamedErrors Graph, UnnamedErrors Figures)
    {
        public bool IsTimed => !double.IsNaN(Static.LogResidual);
    }

    /// <summary>The errors of one row when, besides, its name was not known.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct UnnamedErrors(HeldOutError Power, HeldOutError Static);
}
