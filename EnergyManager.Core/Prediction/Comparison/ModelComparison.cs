using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>From what a learner predicts run energy.</summary>
public enum ComparisonSetting
{
    /// <summary>The product's own model, or a baseline: nothing is exchanged.</summary>
    AsItIs,

    /// <summary>Run energy in mWh from the published features (<see cref="ComparisonTable.PublishedFeatures"/>).</summary>
    Published,

    /// <summary>ln average power from <see cref="FeatureSet.MeasuredInCampaign"/>, times the duration of the run.</summary>
    Physical,
}

/// <summary>How well one model predicted rows that it did not see.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Setting">What it learned from.</param>
/// <param name="Accuracy">Its errors of run energy.</param>
public sealed record ComparedModel(string Name, ComparisonSetting Setting, AccuracyFigures Accuracy);

/// <summary>Models compared on the same rows and folds.</summary>
/// <param name="Table">The rows.</param>
/// <param name="Options">How they were divided.</param>
/// <param name="Models">The product's model, the baselines, then each learner in each setting.</param>
/// <param name="HeldOut">Every row's prediction by the product's model, with the folds.</param>
public sealed record ComparisonResult(
    ComparisonTable Table, EvaluationOptions Options, IReadOnlyList<ComparedModel> Models, HeldOutPredictions HeldOut);

/// <summary>Compares the product's model with baselines and other learners by cross-validation.</summary>
public static class ModelComparison
{
    /// <summary>Name of the product's model in results.</summary>
    public const string OwnModel = "EnergyManager";

    /// <summary>Compares on one table under one protocol.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="options">How the product's model is cross-validated; the others get its folds.</param>
    /// <param name="learners">The other learners.</param>
    /// <param name="cancellationToken">Stops between steps of learning.</param>
    /// <exception cref="TrainingRefusedException">A row cannot be used, or there are too few rows or groups.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static ComparisonResult Run(
        ComparisonTable table, EvaluationOptions options, IReadOnlyList<IRegressionLearner> learners, CancellationToken cancellationToken)
    {
        if (options.Mode != PredictionMode.MeasuredLatency)
            throw new ArgumentOutOfRangeException(nameof(options), options.Mode, "Learners are compared where the run's duration is known.");
        var heldOut = EnergyModelEvaluator.HoldOut(table.Table, options, cancellationToken);
        var tasks = new[] { PublishedTask(table), PhysicalTask(table) };
        var jobs = (from learner in learners from task in tasks from repeat in heldOut.Repeats select new Job(learner, task, repeat)).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Training.Boosting.MaxThreads, CancellationToken = cancellationToken };
        Parallel.ForEach(jobs, parallel, job => job.Run(cancellationToken));

        List<ComparedModel> models =
        [
            new(OwnModel, ComparisonSetting.AsItIs, Accuracy(heldOut, p => p.PredictedMwh)),
            new("a line through MACs", ComparisonSetting.AsItIs, Accuracy(heldOut, p => p.MacsMwh)),
            new("constant power x time", ComparisonSetting.AsItIs, Accuracy(heldOut, p => p.DurationMwh)),
        ];
        foreach (var run in jobs.GroupBy(job => (job.Learner.Name, job.Task.Setting)))
        {
            var meter = new AccuracyMeter();
            foreach (var job in run)
                job.Report(table.Table.Rows, meter);
            models.Add(new ComparedModel(run.Key.Name, run.Key.Setting, meter.Figures()));
        }
        return new ComparisonResult(table, options, models, heldOut);
    }

    /// <summary>The features of the product's model, with nothing learned from other rows but the order of the campaigns.</summary>
    public static FeatureMatrix MeasuredFeatures(ComparisonTable table) =>
        EnergyForestTrainer.Features(table.Table.Rows);

    private static LearningTask PublishedTask(ComparisonTable table) => new(
        ComparisonSetting.Published, table.Published, [.. table.Table.Rows.Select(row => row.RunEnergyMwh)], (_, mwh) => mwh);

    private static LearningTask PhysicalTask(ComparisonTable table)
    {
        var rows = table.Table.Rows;
        return new(
            ComparisonSetting.Physical, MeasuredFeatures(table), [.. rows.Select(row => Math.Log(row.AveragePower.Watts))],
            (row, logWatts) => Energy.FromJoules(Math.Exp(logWatts) * rows[row].RunDurationS).MilliwattHours);
    }

    private static AccuracyFigures Accuracy(HeldOutPredictions heldOut, Func<HeldOutPrediction, double> predictedMwh)
    {
        var meter = new AccuracyMeter();
        foreach (var repeat in heldOut.Repeats)
        {
            for (var row = 0; row < repeat.Count; row++)
                meter.Add(heldOut.Rows[row].RunEnergyMwh, predictedMwh(repeat[row]));
        }
        return meter.Figures();
    }

    /// <summary>What a learner gets, and what its prediction of a row means in mWh.</summary>
    private sealed record LearningTask(ComparisonSetting Setting, FeatureMatrix Features, double[] Targets, Func<int, double, double> RunEnergyMwh);

    /// <summary>One repeat of one learner on one task.</summary>
    private sealed class Job(IRegressionLearner learner, LearningTask task, IReadOnlyList<HeldOutPrediction> folds)
    {
        private readonly double[] _predictedMwh = new double[folds.Count];

        public IRegressionLearner Learner => learner;

        public LearningTask Task => task;

        public void Run(CancellationToken cancellationToken)
        {
            foreach (var held in Enumerable.Range(0, folds.Count).GroupBy(row => folds[row].Error.Fold))
            {
                int[] training = [.. Enumerable.Range(0, folds.Count).Where(row => folds[row].Error.Fold != held.Key)];
                var regression = learner.Fit(task.Features.Select(training), Array.ConvertAll(training, row => task.Targets[row]), cancellationToken);
                foreach (var row in held)
                    _predictedMwh[row] = task.RunEnergyMwh(row, regression(task.Features.Row(row)));
            }
        }

        public void Report(IReadOnlyList<Benchmarks.BenchmarkRow> rows, AccuracyMeter meter)
        {
            for (var row = 0; row < rows.Count; row++)
                meter.Add(rows[row].RunEnergyMwh, _predictedMwh[row]);
        }
    }
}
