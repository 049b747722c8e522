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
        if (_options.Monotone is { } monotone && monotone.Features != features.Columns)
            throw new ArgumentException($"There are constraints for {monotone.Features} features, the rows have {features.Columns}.", nameof(features));
        if (_options.EarlyStopping is not null && features.Rows < 2)
            throw new ArgumentException("Early stopping needs at least 2 rows: one to learn from and one to check on.", nameof(features));
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
        var (training, heldOut) = DivideRows(rows, ref random);
        var baseValue = _loss.InitialPrediction(Array.ConvertAll(training, row => targets[row]));
        var predictions = new double[rows];
        Array.Fill(predictions, baseValue);
        var derivatives = new TreeLearner.Derivatives(targets, predictions, new double[rows], new double[rows]);
        var forest = new ForestBuilder(features.Columns, baseValue);
        var learner = new TreeLearner(bins, _options, _loss);
        var sample = new int[training.Length];
        var sampled = Math.Max(1, (int)Math.Round(sample.Length * _options.RowFraction));
        var best = _options.EarlyStopping is { } stopping ? new BestRound(MeanLoss(heldOut, targets, predictions), stopping.Patience) : null;

        for (var trees = 1; trees <= _options.Trees; trees++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _loss.Derivatives(targets, predictions, derivatives.Gradients, derivatives.Curvatures);
            training.CopyTo(sample);
            if (sampled < sample.Length)
                random.Shuffle(sample.AsSpan());
            learner.Grow(sample, sampled, derivatives, ref random, forest);
            for (var row = 0; row < rows; row++)
                predictions[row] += forest.EvaluateLastTree(features.Row(row));
            if (best?.GoesOn(trees, MeanLoss(heldOut, targets, predictions)) == false)
                break;
        }
        return forest.Build(best?.Trees ?? _options.Trees);
    }

    /// <summary>All rows to learn from, or, with early stopping, a random part of them and the rest to check on.</summary>
    private (int[] Training, int[] HeldOut) DivideRows(int rows, ref SplitMix64 random)
    {
        int[] all = [.. Enumerable.Range(0, rows)];
        if (_options.EarlyStopping is not { } stopping)
            return (all, []);
        random.Shuffle(all.AsSpan());
        var heldOut = Math.Clamp((int)Math.Round(rows * stopping.HeldOutFraction), 1, rows - 1);
        return (all[heldOut..], all[..heldOut]);
    }

    private double MeanLoss(int[] rows, double[] targets, double[] predictions)
    {
        var sum = 0.0;
        foreach (var row in rows)
            sum += _loss.Value(targets[row] - predictions[row]);
        return sum / rows.Length;
    }
}
