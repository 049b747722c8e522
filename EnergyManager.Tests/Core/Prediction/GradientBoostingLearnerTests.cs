using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class GradientBoostingLearnerTests
{
    /// <summary>Options under which nothing is random and nothing is shrunk: a single tree can be computed by hand.</summary>
    private static readonly BoostingOptions OnePlainTree = new()
    {
        Trees = 1,
        Ensembles = 1,
        MaxDepth = 1,
        LearningRate = 1,
        MinRowsPerLeaf = 1,
        LeafPenalty = 0,
        RowFraction = 1,
        ColumnFraction = 1,
        RandomThresholds = false,
    };

    private static RegressionForest Fit(BoostingOptions options, IBoostingLoss loss, int columns, double[] values, double[] targets) =>
        new GradientBoostingLearner(options, loss).Fit(new FeatureMatrix(columns, values), targets, CancellationToken.None);

    [Fact]
    public void Fit_TinyTable_FindsTheHandComputedSplitAndLeaves()
    {
        // Mean 4; targets 1,1 | 7,7 divide best between 2 and 5: threshold 3.5, leaves -3 and +3.
        // Gain with lambda 0: (G_L^2/H_L + G_R^2/H_R - 0) / 2 = (36/2 + 36/2) / 2 = 18.
        var forest = Fit(OnePlainTree, new SquaredLoss(), 1, [1, 2, 5, 6], [1, 1, 7, 7]);

        forest.BaseValue.ShouldBe(4);
        forest.Nodes.ToArray().ShouldBe([new TreeNode(3.5, 2, 0, true), TreeNode.Leaf(-3), TreeNode.Leaf(3)]);
        forest.Covers.ToArray().ShouldBe([4, 2, 2]);
        forest.Gains.ToArray().ShouldBe([18]);
    }

    [Fact]
    public void Fit_LeafPenalty_ShrinksLeavesTowardsZero()
    {
        // Same table, lambda 2: -G / (H + lambda) = 6 / (2 + 2) = 1.5 instead of 3.
        var forest = Fit(OnePlainTree with { LeafPenalty = 2 }, new SquaredLoss(), 1, [1, 2, 5, 6], [1, 1, 7, 7]);

        forest.Predict([6]).ShouldBe(4 + 1.5);
        forest.Predict([1]).ShouldBe(4 - 1.5);
    }

    [Fact]
    public void Fit_MissingValues_LearnTheSideThatFitsThem()
    {
        // The missing rows behave like the high ones (7), so the default direction must be right.
        var forest = Fit(OnePlainTree, new SquaredLoss(), 1, [1, 2, 5, double.NaN, double.NaN], [1, 1, 7, 7, 7]);

        forest.Predict([double.NaN]).ShouldBe(7, 1e-12);
        forest.Predict([1.5]).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Fit_OnlyMissingnessTellsRowsApart_SplitsOnIt()
    {
        var forest = Fit(OnePlainTree, new SquaredLoss(), 1, [3, 3, double.NaN, double.NaN], [1, 1, 9, 9]);

        forest.Predict([3]).ShouldBe(1, 1e-12);
        forest.Predict([1000]).ShouldBe(1, 1e-12);
        forest.Predict([double.NaN]).ShouldBe(9, 1e-12);
    }

    [Fact]
    public void Fit_ConstantFeatures_PredictsTheBase()
    {
        var forest = Fit(OnePlainTree with { Trees = 20 }, new SquaredLoss(), 1, [3, 3, 3], [1, 2, 6]);

        forest.Predict([3]).ShouldBe(3, 1e-12);
        forest.Gains[0].ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_KnownFunction_IsRecovered(bool randomThresholds)
    {
        var (features, targets) = KnownFunction(rows: 400, outliers: 0);
        var options = new BoostingOptions { Trees = 400, Ensembles = 2, LearningRate = 0.1, RandomThresholds = randomThresholds };
        var forest = new GradientBoostingLearner(options, new HuberLoss(1)).Fit(features, targets, CancellationToken.None);

        var (fresh, truth) = KnownFunction(rows: 200, outliers: 0, seed: 99);
        var error = Enumerable.Range(0, fresh.Rows).Average(i => Math.Abs(forest.Predict(fresh.Row(i)) - truth[i]));
        var spread = truth.Average(t => Math.Abs(t - truth.Average()));

        error.ShouldBeLessThan(0.15 * spread);
    }

    [Fact]
    public void Fit_GrossOutliers_HurtHuberLessThanSquared()
    {
        var (features, targets) = KnownFunction(rows: 300, outliers: 15);
        var (fresh, truth) = KnownFunction(rows: 200, outliers: 0, seed: 99);
        var options = new BoostingOptions { Trees = 150, LearningRate = 0.1 };

        double Error(IBoostingLoss loss)
        {
            var forest = new GradientBoostingLearner(options, loss).Fit(features, targets, CancellationToken.None);
            return Enumerable.Range(0, fresh.Rows).Average(i => Math.Abs(forest.Predict(fresh.Row(i)) - truth[i]));
        }

        Error(new HuberLoss(0.5)).ShouldBeLessThan(0.6 * Error(new SquaredLoss()));
    }

    [Fact]
    public void Fit_AnyThreadCount_GivesTheSameBits()
    {
        var (features, targets) = KnownFunction(rows: 120, outliers: 3);
        RegressionForest Train(int threads) => new GradientBoostingLearner(
            new BoostingOptions { Trees = 30, Ensembles = 5, MaxThreads = threads }, new HuberLoss(0.5)).Fit(features, targets, CancellationToken.None);

        var one = Train(1);
        var many = Train(8);

        many.Nodes.ToArray().ShouldBe(one.Nodes.ToArray());
        many.Covers.ToArray().ShouldBe(one.Covers.ToArray());
        many.BaseValue.ShouldBe(one.BaseValue);
    }

    [Fact]
    public void Fit_KnownTable_GivesTheBitsThatEveryMachineGives()
    {
        // Only additions, multiplications and divisions in a fixed order: another result on another processor would be a fault.
        var (features, targets) = KnownFunction(rows: 120, outliers: 3);
        var options = new BoostingOptions { Trees = 30, Ensembles = 3 };

        var forest = new GradientBoostingLearner(options, new HuberLoss(0.5)).Fit(features, targets, CancellationToken.None);

        BitConverter.DoubleToInt64Bits(forest.Predict([0.25, 0.75, double.NaN, 0.5])).ShouldBe(4_613_420_687_571_792_802);
    }

    [Fact]
    public void Fit_RowFraction_EachTreeSeesThatShareOfTheRows()
    {
        var (features, targets) = KnownFunction(rows: 100, outliers: 0);
        var forest = new GradientBoostingLearner(new BoostingOptions { Trees = 8, Ensembles = 2, RowFraction = 0.6 }, new SquaredLoss())
            .Fit(features, targets, CancellationToken.None);

        forest.Roots.ToArray().Select(root => forest.Covers[root]).ShouldAllBe(rows => rows == 60);
    }

    [Fact]
    public void Fit_ColumnFraction_NodesChooseAmongAShareOfTheFeatures()
    {
        // Only x0 tells the targets apart, so that a node splits on another feature only when it may not take x0.
        var random = new SplitMix64(8);
        double[] values = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        double[] targets = [.. Enumerable.Range(0, 100).Select(row => values[4 * row] > 0.5 ? 1.0 : 0)];
        double ShareOfX0(double fraction)
        {
            var forest = Fit(OnePlainTree with { Trees = 200, LearningRate = 0.01, ColumnFraction = fraction }, new SquaredLoss(), 4, values, targets);
            return forest.Roots.ToArray().Average(root => forest.Nodes[root].Feature == 0 ? 1.0 : 0);
        }

        ShareOfX0(1).ShouldBe(1);
        ShareOfX0(0.5).ShouldBe(0.5, 0.12);
        ShareOfX0(0.25).ShouldBe(0.25, 0.12);
    }

    [Fact]
    public void Fit_Ensembles_AreAveraged()
    {
        var (features, targets) = KnownFunction(rows: 100, outliers: 0);
        RegressionForest Train(int ensembles) => new GradientBoostingLearner(
            new BoostingOptions { Trees = 20, Ensembles = ensembles }, new SquaredLoss()).Fit(features, targets, CancellationToken.None);
        double Trees(RegressionForest forest, Range trees, double share) => forest.BaseValue + forest.Roots[trees].ToArray().Sum(root =>
        {
            var index = root;
            while (!forest.Nodes[index].IsLeaf)
                index = forest.Nodes[index].GoesLeft(features[7, forest.Nodes[index].Feature]) ? index + 1 : forest.Nodes[index].Right;
            return forest.Nodes[index].Value / share;
        });

        var three = Train(3);

        // The first ensemble of three is the one that would have been grown alone.
        Trees(three, ..20, 1.0 / 3).ShouldBe(Train(1).Predict(features.Row(7)), 1e-12);
        three.Predict(features.Row(7)).ShouldBe(
            (Trees(three, ..20, 1.0 / 3) + Trees(three, 20..40, 1.0 / 3) + Trees(three, 40.., 1.0 / 3)) / 3, 1e-12);
    }

    [Fact]
    public void Fit_AnotherSeed_GivesAnotherForest()
    {
        var (features, targets) = KnownFunction(rows: 120, outliers: 0);
        RegressionForest Train(ulong seed) => new GradientBoostingLearner(
            new BoostingOptions { Trees = 10, Seed = seed }, new SquaredLoss()).Fit(features, targets, CancellationToken.None);

        Train(1).Nodes.ToArray().ShouldNotBe(Train(2).Nodes.ToArray());
    }

    [Fact]
    public void Fit_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var learner = new GradientBoostingLearner(new BoostingOptions(), new SquaredLoss());

        Should.Throw<OperationCanceledException>(() => learner.Fit(new FeatureMatrix(1, [1, 2]), [1, 2], cancelled.Token));
    }

    [Fact]
    public void Fit_TargetNotFinite_IsRefused() =>
        Should.Throw<ArgumentException>(() => Fit(OnePlainTree, new SquaredLoss(), 1, [1, 2], [1, double.NaN]));

    [Fact]
    public void FeatureMatrix_InfiniteFeature_IsRefused() =>
        Should.Throw<ArgumentException>(() => new FeatureMatrix(1, [1, double.PositiveInfinity]));

    [Fact]
    public void Learner_OptionOutOfRange_NamesIt() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new GradientBoostingLearner(new BoostingOptions { RowFraction = 0 }, new SquaredLoss()))
            .ParamName.ShouldBe(nameof(BoostingOptions.RowFraction));

    [Fact]
    public void FeatureBins_MoreValuesThanBins_CutsIntoEqualShares()
    {
        var matrix = new FeatureMatrix(1, [.. Enumerable.Range(0, 1000).Select(i => (double)i)]);

        var bins = FeatureBins.Create(matrix, maxBins: 10);

        bins.BinCount(0).ShouldBe(10);
        bins.Column(0).ToArray().GroupBy(bin => bin).Select(group => group.Count()).ShouldAllBe(count => count == 100);
    }

    [Fact]
    public void RegressionForest_ChildBeforeItsParent_IsRefused() =>
        Should.Throw<InvalidDataException>(() => new RegressionForest(
            0, [new TreeNode(1, 0, 0, false), TreeNode.Leaf(1), TreeNode.Leaf(2)], [2, 1, 1], [0], [1]));

    /// <summary>y = 3 x0 + 2 [x1 > 0.5] - x0 x2, with every tenth x1 missing (then counted as 1); x3 is noise.</summary>
    internal static (FeatureMatrix Features, double[] Targets) KnownFunction(int rows, int outliers, ulong seed = 5)
    {
        var random = new SplitMix64(seed);
        var values = new double[rows * 4];
        var targets = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            var x = values.AsSpan(row * 4, 4);
            for (var i = 0; i < 4; i++)
                x[i] = random.NextDouble();
            if (row % 10 == 0)
                x[1] = double.NaN;
            targets[row] = 3 * x[0] + (x[1] > 0.5 || double.IsNaN(x[1]) ? 2 : 0) - x[0] * x[2];
        }
        for (var i = 0; i < outliers; i++)
            targets[random.NextInt32(rows)] += 40;
        return (new FeatureMatrix(4, values), targets);
    }
}
