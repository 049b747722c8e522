using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>The learners that the product's own model is compared with, with usual settings of each.</summary>
public static class ComparisonLearners
{
    private const ulong Seed = 1;

    /// <summary>All of them, the simplest first.</summary>
    public static IReadOnlyList<IRegressionLearner> All { get; } =
    [
        new LinearLearner(penalty: 0),
        new LinearLearner(penalty: 1),
        new BaggedTreesLearner("random forest", trees: 300, bootstrap: true, randomThresholds: false, Seed),
        new BaggedTreesLearner("extra trees", trees: 300, bootstrap: false, randomThresholds: true, Seed),
        new BoostedTreesLearner("gradient boosting", Plain(trees: 300, leafPenalty: 0)),
        new BoostedTreesLearner("regularised boosting", Plain(trees: 400, leafPenalty: 1)),
        new NeuralNetworkLearner(new NeuralNetworkOptions()),
    ];

    /// <summary>Boosting in which nothing is random: every row, every feature, every threshold.</summary>
    private static BoostingOptions Plain(int trees, double leafPenalty) => new()
    {
        Trees = trees,
        Ensembles = 1,
        MaxDepth = 4,
        LearningRate = 0.05,
        MinRowsPerLeaf = 1,
        LeafPenalty = leafPenalty,
        RowFraction = 1,
        ColumnFraction = 1,
        RandomThresholds = false,
        Seed = Seed,
    };
}
