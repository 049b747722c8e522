using System.Runtime.CompilerServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// Gradient boosting of regression trees (Friedman, "Greedy function approximation", 2001; stochastic by row and feature
/// sampling). Several ensembles with different seeds are grown and averaged.
/// </summary>
/// <remarks>
/// Deterministic: an ensemble depends only on the data, the options and its seed, ensembles are merged in the order of their
/// seeds, and the arithmetic is addition, multiplication and division in a fixed order. Threads only decide who grows which.
/// <para>
/// A model is trained once in a process, so that tiered compilation would spend most of the training in unoptimised and
/// instrumented code: the methods of the inner loops are compiled with all optimisations at once.
/// </para>
/// </remarks>
public sealed class GradientBoostingLearner
{
    private readonly BoostingOptions _options;
    private readonly IBoostingLoss _loss;

    /// <summary>A learner with checked options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public GradientBoostingLearner(BoostingOptions options, IBoostingLoss loss)
    {
        options.Validate();
        (_options, _loss) = (options, loss);
    }

    /// <summary>Learns to predict the targets.</summary>
    /// <param name="features">One row per target; NaN is missing.</param>
    /// <param name="targets">Finite targets.</param>
    /// <param name="cancellationToken">Stops between trees.</param>
    /// <exception cref="ArgumentException">No rows, another number of targets, or a target that is not finite.</exception>
    public RegressionForest Fit(FeatureMatrix features, double[] targets, CancellationToken cancellationToken)
    {
        if (features.Rows == 0 || features.Rows != targets.Length)
            throw new ArgumentException($"{features.Rows} rows and {targets.Length} targets: both must be the same, and not 0.", nameof(targets));
        if (!Array.TrueForAll(targets, double.IsFinite))
            throw new ArgumentException("A target is not a finite number.", nameof(targets));

        var bins = FeatureBins.Create(features, _options.MaxBins);
        var ensembles = new RegressionForest[_options.Ensembles];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.MaxThreads, CancellationToken = cancellationToken };
        Parallel.For(0, ensembles.Length, parallel, ensemble =>
            ensembles[ensemble] = FitOne(features, bins, targets, SplitMix64.ForStream(_options.Seed, ensemble), cancellationToken));
        return RegressionForest.Mean(ensembles);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private RegressionForest FitOne(
        FeatureMatrix features, FeatureBins bins, double[] targets, SplitMix64 random, CancellationToken cancellationToken)
    {
        var rows = features.Rows;
        var baseValue = _loss.InitialPrediction(targets);
        var predictions = new double[rows];
        Array.Fill(predictions, baseValue);
        var derivatives = new TreeLearner.Derivatives(targets, predictions, new double[rows], new double[rows]);
        var forest = new ForestBuilder(features.Columns, baseValue);
        var learner = new TreeLearner(bins, _options, _loss);
        var sample = new int[rows];
        var sampled = Math.Max(1, (int)Math.Round(rows * _options.RowFraction));

        for (var tree = 0; tree < _options.Trees; tree++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _loss.Derivatives(targets, predictions, derivatives.Gradients, derivatives.Curvatures);
            for (var row = 0; row < rows; row++)
                sample[row] = row;
            if (sampled < rows)
                random.Shuffle(sample.AsSpan());
            learner.Grow(sample, sampled, derivatives, ref random, forest);
            for (var row = 0; row < rows; row++)
                predictions[row] += forest.EvaluateLastTree(features.Row(row));
        }
        return forest.Build();
    }
}
