using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Validation;

/// <summary>
/// Permutation importance (Breiman, "Random Forests", 2001) on rows that the trees did not see: how much worse they are
/// predicted when one feature's values are shuffled among them. Unlike gain it counts only what helps with new models.
/// Features that tell the same (size and parameters) share their importance: one stands in for the other.
/// </summary>
public static class PermutationImportance
{
    /// <summary>Shuffles of each feature in each fold.</summary>
    public const int Shuffles = 5;

    /// <summary>The importance of every feature, greatest first. The same on every machine.</summary>
    /// <param name="table">Rows to cross-validate.</param>
    /// <param name="options">Folds, grouping and mode; one repeat is measured whatever it says.</param>
    /// <param name="cancellationToken">Stops between trees.</param>
    /// <exception cref="TrainingRefusedException">A row cannot be used, or there are too few rows or groups.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IReadOnlyList<FeatureImportance> Measure(BenchmarkTable table, EvaluationOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var isStatic = options.Mode == PredictionMode.Static;
        BenchmarkRow[] rows = [.. table.Rows.Where(row => !isStatic || !double.IsNaN(ModelFigures.LikelyLatencyPerInputS(row)))];
        foreach (var row in rows)
            EnergyModelTrainer.Check(row);
        var folds = Folds.Assign(rows, options.Grouping, options.Folds, options.Seed);
        if (folds.Distinct().Count() < options.Folds)
            throw new TrainingRefusedException($"There are fewer groups than the {options.Folds} folds.");

        var features = isStatic ? FeatureSet.Static : FeatureSet.Measured;
        var increases = new double[options.Folds, features.Count, Shuffles];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Training.Boosting.MaxThreads, CancellationToken = cancellationToken };
        Parallel.For(0, options.Folds, parallel, fold =>
        {
            var forests = new EnergyForestTrainer(options.Training).Fit(
                [.. rows.Where((_, i) => folds[i] != fold)], options.Training.FoldEnsembles, cancellationToken);
            BenchmarkRow[] heldOut = [.. rows.Where((_, i) => folds[i] == fold)];
            var matrix = new double[heldOut.Length][];
            var truth = new double[heldOut.Length];
            for (var i = 0; i < heldOut.Length; i++)
                (matrix[i], truth[i]) = Read(forests, heldOut[i], isStatic);
            var random = new SplitMix64(options.Seed + (ulong)fold);
            var error = Error(forests, matrix, truth, isStatic);
            for (var feature = 0; feature < features.Count; feature++)
            {
                for (var shuffle = 0; shuffle < Shuffles; shuffle++)
                    increases[fold, feature, shuffle] = Error(forests, Shuffled(matrix, feature, ref random), truth, isStatic) - error;
            }
        });
        return Summarise(features, folds, increases);
    }

    /// <summary>A row's features, and the logarithm that they are to predict: of power, or of the energy of an inference per GMAC.</summary>
    private static (double[] Features, double Truth) Read(EnergyForests forests, BenchmarkRow row, bool isStatic)
    {
        var figures = ModelFigures.Of(row);
        var logPower = Math.Log(row.AveragePower.Watts);
        if (!isStatic)
        {
            var run = new double[FeatureSet.Measured.Count];
            FeatureSet.Measured.Fill(forests.Complete(figures), run);
            return (run, logPower);
        }

        var graph = new double[FeatureSet.Static.Count];
        FeatureSet.Static.Fill(figures, graph);
        return (graph, logPower + Math.Log(ModelFigures.LikelyLatencyPerInputS(row) / figures.Gmacs));
    }

    private static double Error(EnergyForests forests, double[][] matrix, double[] truth, bool isStatic)
    {
        var sum = 0.0;
        for (var i = 0; i < truth.Length; i++)
        {
            var predicted = isStatic ? forests.StaticPower.Predict(matrix[i]) + forests.StaticLatency.Predict(matrix[i]) : forests.Power.Predict(matrix[i]);
            sum += Math.Abs(truth[i] - predicted);
        }

        return sum / truth.Length;
    }

    private static double[][] Shuffled(double[][] matrix, int feature, ref SplitMix64 random)
    {
        int[] order = [.. Enumerable.Range(0, matrix.Length)];
        random.Shuffle(order.AsSpan());
        return [.. matrix.Select((row, i) =>
        {
            var copy = (double[])row.Clone();
            copy[feature] = matrix[order[i]][feature];
            return copy;
        })];
    }

    /// <summary>Folds count by their rows.</summary>
    private static FeatureImportance[] Summarise(FeatureSet features, int[] folds, double[,,] increases)
    {
        var importances = new FeatureImportance[features.Count];
        for (var feature = 0; feature < importances.Length; feature++)
        {
            var byShuffle = new double[Shuffles];
            for (var shuffle = 0; shuffle < Shuffles; shuffle++)
                byShuffle[shuffle] = folds.Average(fold => increases[fold, feature, shuffle]);
            var mean = byShuffle.Average();
            importances[feature] = new FeatureImportance(features.Names[feature], mean, Math.Sqrt(byShuffle.Average(v => (v - mean) * (v - mean))));
        }

        Array.Sort(importances, (a, b) => b.ErrorIncrease.CompareTo(a.ErrorIncrease));
        return importances;
    }
}
