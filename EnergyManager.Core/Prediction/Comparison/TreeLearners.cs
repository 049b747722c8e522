using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>Gradient boosting with given settings.</summary>
/// <param name="name">Name for people.</param>
/// <param name="options">Settings of the trees.</param>
public sealed class BoostedTreesLearner(string name, BoostingOptions options) : IRegressionLearner
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Regression Fit(FeatureMatrix features, double[] targets, CancellationToken cancellationToken) =>
        new GradientBoostingLearner(options, new SquaredLoss()).Fit(features, targets, cancellationToken).Predict;
}

/// <summary>
/// Full-grown trees that do not know of each other, averaged. With bootstrap rows and every threshold it is a random forest
/// (Breiman 2001), with all rows and one random threshold per feature extremely randomised trees (Geurts et al. 2006; theirs
/// are uniform between the values of a node, these between their ranks).
/// </summary>
/// <param name="name">Name for people.</param>
/// <param name="trees">Number of trees; at least 1.</param>
/// <param name="bootstrap">Whether each tree learns from as many rows drawn with replacement.</param>
/// <param name="randomThresholds">Whether a node tries one random threshold per feature instead of every one.</param>
/// <param name="seed">Seed of rows and thresholds.</param>
public sealed class BaggedTreesLearner(string name, int trees, bool bootstrap, bool randomThresholds, ulong seed) : IRegressionLearner
{
    // No limit in practice, and one that recursion bears.
    private const int FullGrown = 200;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Regression Fit(FeatureMatrix features, double[] targets, CancellationToken cancellationToken)
    {
        // One boosting step from the mean with a share of the whole correction: the trees add up to their average.
        var options = new BoostingOptions
        {
            MaxDepth = FullGrown,
            LearningRate = 1.0 / trees,
            MinRowsPerLeaf = 1,
            LeafPenalty = 0,
            ColumnFraction = 1,
            RandomThresholds = randomThresholds,
        };
        var loss = new SquaredLoss();
        var mean = loss.InitialPrediction(targets);
        var derivatives = new TreeLearner.Derivatives(
            targets, [.. Enumerable.Repeat(mean, targets.Length)], new double[targets.Length], new double[targets.Length]);
        loss.Derivatives(targets, derivatives.Predictions, derivatives.Gradients, derivatives.Curvatures);

        var learner = new TreeLearner(FeatureBins.Create(features, options.MaxBins), options, loss);
        var forest = new ForestBuilder(features.Columns, mean);
        var random = new SplitMix64(seed);
        var rows = new int[targets.Length];
        for (var tree = 0; tree < trees; tree++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var row = 0; row < rows.Length; row++)
                rows[row] = bootstrap ? random.NextInt32(rows.Length) : row;
            learner.Grow(rows, rows.Length, derivatives, ref random, forest);
        }
        return forest.Build(trees).Predict;
    }
}
