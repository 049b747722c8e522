using System.Numerics;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Explanation;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class TreeShapTests
{
    private static RegressionForest Train(int depth)
    {
        var (features, targets) = GradientBoostingLearnerTests.KnownFunction(rows: 150, outliers: 0);
        var options = new BoostingOptions { Trees = 40, Ensembles = 2, MaxDepth = depth };
        return new GradientBoostingLearner(options, new SquaredLoss()).Fit(features, targets, CancellationToken.None);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Explain_AnyRow_EffectsAndBaseSumToThePrediction(int depth)
    {
        var forest = Train(depth);
        var (fresh, _) = GradientBoostingLearnerTests.KnownFunction(rows: 50, outliers: 0, seed: 12);
        var shap = new TreeShap(forest);

        for (var row = 0; row < fresh.Rows; row++)
        {
            var sum = shap.ExpectedValue + shap.Explain(fresh.Row(row)).Sum();
            sum.ShouldBe(forest.Predict(fresh.Row(row)), 1e-9);
        }
    }

    [Fact]
    public void Explain_DeepTrees_EqualsTheDefinitionOverAllSubsets()
    {
        var forest = Train(depth: 6);
        double[] row = [0.9, double.NaN, 0.2, 0.6];

        var effects = new TreeShap(forest).Explain(row);

        for (var feature = 0; feature < 4; feature++)
            effects[feature].ShouldBe(ByDefinition(forest, row, feature), 1e-10);
    }

    [Fact]
    public void Explain_PathsOfTenFeatures_EqualsTheDefinitionOverAllSubsets()
    {
        // A path with more than 8 features needs a second pass of quadrature points.
        const int features = 10;
        var random = new SplitMix64(3);
        var values = new double[300 * features];
        foreach (ref var value in values.AsSpan())
            value = random.NextDouble();
        var matrix = new FeatureMatrix(features, values);
        double[] targets = [.. Enumerable.Range(0, matrix.Rows).Select(row => matrix.Row(row).ToArray().Sum(x => x * x))];
        var options = new BoostingOptions { Trees = 3, Ensembles = 1, MaxDepth = 12, MinRowsPerLeaf = 1 };
        var forest = new GradientBoostingLearner(options, new SquaredLoss()).Fit(matrix, targets, CancellationToken.None);
        double[] row = [0.9, 0.1, 0.2, double.NaN, 0.5, 0.3, 0.7, 0.8, 0.4, 0.6];

        var effects = new TreeShap(forest).Explain(row);

        forest.MaximumDepth.ShouldBeGreaterThan(8);
        for (var feature = 0; feature < features; feature++)
            effects[feature].ShouldBe(ByDefinition(forest, row, feature), 1e-10);
    }

    [Fact]
    public void Explain_UnusedFeature_HasNoEffect()
    {
        var forest = new RegressionForest(
            1, [new TreeNode(0.5, 2, 0, true), TreeNode.Leaf(-1), TreeNode.Leaf(3)], [4, 3, 1], [0], [1, 0]);

        // Expected value 1 + (3 * -1 + 1 * 3) / 4 = 1; the row lands on 1 + 3.
        var shap = new TreeShap(forest);
        shap.ExpectedValue.ShouldBe(1);
        shap.Explain([0.9, 0.9]).ShouldBe([3, 0], 1e-12);
    }

    /// <summary>Shapley's formula: the weighted mean over all subsets of the other features of what the feature adds.</summary>
    private static double ByDefinition(RegressionForest forest, double[] row, int feature)
    {
        var count = row.Length;
        var sum = 0.0;
        for (uint subset = 0; subset < 1u << count; subset++)
        {
            if ((subset >> feature & 1) == 1)
                continue;
            var size = BitOperations.PopCount(subset);
            var weight = Factorial(size) * Factorial(count - size - 1) / Factorial(count);
            sum += weight * (Value(forest, row, subset | 1u << feature) - Value(forest, row, subset));
        }
        return sum;
    }

    private static double Value(RegressionForest forest, double[] row, uint known)
    {
        double Walk(int index)
        {
            var node = forest.Nodes[index];
            if (node.IsLeaf)
                return node.Value;
            if ((known >> node.Feature & 1) == 1)
                return Walk(node.GoesLeft(row[node.Feature]) ? index + 1 : node.Right);
            double left = forest.Covers[index + 1], right = forest.Covers[node.Right];
            return (left * Walk(index + 1) + right * Walk(node.Right)) / (left + right);
        }

        return forest.BaseValue + forest.Roots.ToArray().Sum(Walk);
    }

    private static double Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
}
