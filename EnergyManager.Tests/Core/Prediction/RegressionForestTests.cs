using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class RegressionForestTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 7, 3)]
    [InlineData(3, 8, 6)]
    [InlineData(4, 21, 12)]
    public void Predict_AnyRow_IsTheSumOfTheLeavesThatAWalkReaches(ulong seed, int trees, int depth)
    {
        var random = new SplitMix64(seed);
        var rows = Enumerable.Range(0, 120).Select(_ => Row(ref random)).ToArray();
        double[] targets = [.. rows.Select(row => Math.Sin(3 * (double.IsNaN(row[0]) ? 2 : row[0])) + row[1])];
        var options = new BoostingOptions { Trees = trees, Ensembles = 1, MaxDepth = depth, MinRowsPerLeaf = 1 };
        var forest = new GradientBoostingLearner(options, new SquaredLoss()).Fit(
            new FeatureMatrix(rows[0].Length, [.. rows.SelectMany(row => row)]), targets, CancellationToken.None);

        foreach (var row in rows.Concat(Enumerable.Range(0, 200).Select(_ => Row(ref random))))
            forest.Predict(row).ShouldBe(Walk(forest, row));
    }

    [Fact]
    public void Predict_TreesOfSingleLeaves_IsTheirSum()
    {
        var forest = new RegressionForest(1, [TreeNode.Leaf(2), TreeNode.Leaf(3)], [5, 5], [0, 1], [0]);

        forest.Predict([double.NaN]).ShouldBe(6);
    }

    [Theory]
    [InlineData(true, 10)]
    [InlineData(false, 20)]
    public void Predict_MissingValue_GoesWhereTheSplitSends(bool missingLeft, double expected)
    {
        var forest = new RegressionForest(0, [new TreeNode(1, 2, 0, missingLeft), TreeNode.Leaf(10), TreeNode.Leaf(20)], [2, 1, 1], [0], [1]);

        forest.Predict([double.NaN]).ShouldBe(expected);
        forest.Predict([1]).ShouldBe(10, "up to the threshold");
        forest.Predict([1.1]).ShouldBe(20);
    }

    // A missing value every few, in a feature that matters.
    private static double[] Row(ref SplitMix64 random) =>
        [random.NextInt32(4) == 0 ? double.NaN : random.NextDouble() * 4, random.NextDouble(), random.NextInt32(3)];

    private static double Walk(RegressionForest forest, double[] row)
    {
        var sum = forest.BaseValue;
        foreach (var root in forest.Roots)
        {
            var place = root;
            while (!forest.Nodes[place].IsLeaf)
                place = forest.Nodes[place].GoesLeft(row[forest.Nodes[place].Feature]) ? place + 1 : forest.Nodes[place].Right;
            sum += forest.Nodes[place].Value;
        }
        return sum;
    }
}
