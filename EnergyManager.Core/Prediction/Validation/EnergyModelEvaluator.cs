using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Intervals;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.Validation;

/// <summary>Measures how well energy is predicted: by cross-validation of a table, or of a trained model on other rows.</summary>
public static class EnergyModelEvaluator
{
    /// <summary>
    /// Repeated k-fold cross-validation. Every row is predicted by models that did not see it (nor, by grouping, its
    /// architecture or family); the interval of a fold's rows rests on the errors of the other folds.
    /// </summary>
    /// <exception cref="TrainingRefusedException">A row cannot be used, or there are too few rows or groups.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static EvaluationResult CrossValidate(BenchmarkTable table, EvaluationOptions options, CancellationToken cancellationToken) =>
        Summarise(table.Device.Id, HoldOut(table, options, cancellationToken));

    /// <summary>The prediction of every row in every repeat, by models that did not see it: what <see cref="CrossValidate"/> sums up.</summary>
    /// <exception cref="TrainingRefusedException">A row cannot be used, or there are too few rows or groups.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static HeldOutPredictions HoldOut(BenchmarkTable table, EvaluationOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var isStatic = options.Mode == PredictionMode.Static;
        BenchmarkRow[] rows = [.. table.Rows.Where(r => !isStatic || !double.IsNaN(ModelFigures.LikelyLatencyPerInputS(r)))];
        // Set-ups are few: each is then a fold of its own.
        if (options.Grouping == FoldGrouping.Campaign)
            options = options with { Folds = Math.Clamp(rows.CountBy(row => row.Campaign, StringComparer.Ordinal).Count(), 2, options.Folds) };
        if (rows.Length < 2 * options.Folds)
            throw new TrainingRefusedException($"{rows.Length} rows cannot be divided into {options.Folds} folds; {2 * options.Folds} are needed.");
        foreach (var row in rows)
            EnergyModelTrainer.Check(row);

        var folds = new int[options.Repeats][];
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            folds[repeat] = Folds.Assign(rows, options.Grouping, options.Folds, options.Seed + (ulong)repeat);
            if (folds[repeat].Distinct().Count() < options.Folds)
                throw new TrainingRefusedException($"There are fewer groups than the {options.Folds} folds.");
        }

        var heldOut = Array.ConvertAll(folds, _ => new HeldOutPrediction[rows.Length]);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Training.Boosting.MaxThreads, CancellationToken = cancellationToken };
        Parallel.For(0, options.Repeats * options.Folds, parallel, job =>
        {
            var (repeat, fold) = (job / options.Folds, job % options.Folds);
            HoldOut(table.Device, rows, folds[repeat], fold, options, (row, prediction) => heldOut[repeat][row] = prediction, cancellationToken);
        });
        return new HeldOutPredictions(rows, heldOut);
    }

    /// <summary>Sums up held-out predictions.</summary>
    /// <param name="device">Device type identifier.</param>
    /// <param name="heldOut">The predictions.</param>
    public static EvaluationResult Summarise(string device, HeldOutPredictions heldOut)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        var (rows, summary) = (heldOut.Rows, new Summary());
        foreach (var predictions in heldOut.Repeats)
        {
            var halfWidths = HalfWidths(predictions);
            for (var i = 0; i < rows.Count; i++)
            {
                var (predicted, error, macs, duration) = predictions[i];
                var (half90, half95) = halfWidths[error.Fold];
                summary.Add(rows[i], predicted, (half90 * error.Widening, half95 * error.Widening), macs, duration);
            }
        }
        return summary.Result(device, rows.Count);
    }

    /// <summary>The rows of the first repeat with their intervals, in the order of the table.</summary>
    public static IReadOnlyList<ValidatedRow> RowsOf(HeldOutPredictions heldOut)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        var predictions = heldOut.Repeats[0];
        var halfWidths = HalfWidths(predictions);
        return [.. heldOut.Rows.Select((row, i) =>
        {
            var (predicted, error) = (predictions[i].PredictedMwh, predictions[i].Error);
            var factor = Math.Exp(halfWidths[error.Fold].Half90 * error.Widening);
            return new ValidatedRow(row.Model, row.Family, row.RunEnergyMwh, predicted, predicted / factor, predicted * factor);
        })];
    }

    /// <summary>Predicts rows with a trained model. Energy columns are only compared with.</summary>
    /// <param name="model">The trained model.</param>
    /// <param name="trainingTable">The table that the model was trained on: the baselines are fitted on it.</param>
    /// <param name="rows">Rows to predict; where their inference count is unknown, their run duration is used.</param>
    /// <exception cref="TrainingRefusedException">There is no row, or one cannot be used.</exception>
    public static EvaluationResult EvaluateAgainst(IDeviceEnergyModel model, BenchmarkTable trainingTable, IReadOnlyList<BenchmarkRow> rows)
    {
        if (rows.Count == 0)
            throw new TrainingRefusedException("There is no row to predict.");
        var baselines = new Baselines(trainingTable.Rows);
        var summary = new Summary();
        foreach (var row in rows)
        {
            EnergyModelTrainer.Check(row);
            var estimate = model.Estimate(ModelFigures.Of(row));
            var predictedMwh = Energy.FromJoules(estimate.Watts * row.RunDurationS).MilliwattHours;
            summary.Add(row, predictedMwh, (estimate.LogHalfWidth90, estimate.LogHalfWidth95), baselines.FromMacsMwh(row), baselines.FromDurationMwh(row));
        }
        return summary.Result(model.Device.Id, rows.Count);
    }

    private static void HoldOut(
        DeviceType device, BenchmarkRow[] rows, int[] folds, int fold, EvaluationOptions options, Action<int, HeldOutPrediction> report,
        CancellationToken cancellationToken)
    {
        BenchmarkRow[] training = [.. rows.Where((_, i) => folds[i] != fold)];
        var predictLogMwh = Fit(device, training, options, cancellationToken);
        var baselines = new Baselines(training);
        var distribution = TrainingDistribution.Of(training);
        for (var i = 0; i < rows.Length; i++)
        {
            if (folds[i] != fold)
                continue;
            var logMwh = predictLogMwh(rows[i]);
            var widening = TrainingDistribution.Widening(distribution.Score(ModelFigures.Of(rows[i])));
            report(i, new HeldOutPrediction(
                Math.Exp(logMwh), new HeldOutError(Math.Log(rows[i].RunEnergyMwh) - logMwh, widening, fold),
                baselines.FromMacsMwh(rows[i]), baselines.FromDurationMwh(rows[i])));
        }
    }

    /// <summary>Trains what the mode needs; the result gives ln of the run energy in mWh.</summary>
    private static Func<BenchmarkRow, double> Fit(
        DeviceType device, BenchmarkRow[] training, EvaluationOptions options, CancellationToken cancellationToken)
    {
        var forests = new EnergyForestTrainer(options.Training).Fit(training, options.Training.Boosting.Ensembles, cancellationToken);
        if (options.Mode == PredictionMode.Static)
        {
            return row =>
            {
                var figures = ModelFigures.Of(row);
                var inferences = row.RunDurationS / ModelFigures.LikelyLatencyPerInputS(row);
                var logSeconds = forests.LogStaticLatency(figures) + Math.Log(inferences);
                return forests.LogStaticPower(figures) + logSeconds - Math.Log(Energy.JoulesPerMilliwattHour);
            };
        }

        // Clamped to what the board can draw, as the shipped model is; a table that was not audited may say otherwise.
        var least = Math.Log(Math.Min(device.MinimumPower.Watts, training.Min(row => row.AveragePower.Watts)));
        var greatest = Math.Log(Math.Max(device.MaximumPower.Watts, training.Max(row => row.AveragePower.Watts)));
        return row =>
        {
            var figures = ModelFigures.Of(row);
            if (!options.KnowsCampaign)
                figures = figures with { Campaign = null };
            return Math.Clamp(forests.LogPower(figures), least, greatest) + Math.Log(row.RunDurationS / Energy.JoulesPerMilliwattHour);
        };
    }

    private static Dictionary<int, (double Half90, double Half95)> HalfWidths(IReadOnlyList<HeldOutPrediction> predictions) =>
        predictions.Select(p => p.Error.Fold).Distinct().ToDictionary(
            fold => fold,
            fold =>
            {
                HeldOutError[] others = [.. predictions.Where(p => p.Error.Fold != fold).Select(p => p.Error)];
                return (ConformalCalibration.HalfWidth(others, 0.9), ConformalCalibration.HalfWidth(others, 0.95));
            });

    /// <summary>Adds up the errors of the model and of the baselines.</summary>
    private sealed class Summary
    {
        private readonly AccuracyMeter _model = new();
        private readonly AccuracyMeter _macs = new();
        private readonly AccuracyMeter _duration = new();
        private int _covered90;
        private int _covered95;
        private double _ratios;

        public void Add(BenchmarkRow row, double predictedMwh, (double Half90, double Half95) logHalfWidths, double macsMwh, double durationMwh)
        {
            _model.Add(row.RunEnergyMwh, predictedMwh);
            _macs.Add(row.RunEnergyMwh, macsMwh);
            _duration.Add(row.RunEnergyMwh, durationMwh);
            var error = Math.Abs(Math.Log(row.RunEnergyMwh / predictedMwh));
            _covered90 += error <= logHalfWidths.Half90 ? 1 : 0;
            _covered95 += error <= logHalfWidths.Half95 ? 1 : 0;
            _ratios += Math.Exp(2 * logHalfWidths.Half90);
        }

        public EvaluationResult Result(string device, int rows)
        {
            var figures = _model.Figures();
            return new EvaluationResult(
                device, rows, figures.Mape, figures.MedianApe, figures.R2, figures.MaeMwh, figures.Within10,
                _covered90 / (double)_model.Count, _ratios / _model.Count,
                BaselineResult.From(_macs.Figures()), BaselineResult.From(_duration.Figures()))
            {
                Coverage95 = _covered95 / (double)_model.Count,
            };
        }
    }
}
