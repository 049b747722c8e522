using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class EarlyStoppingTests
{
    private static readonly BoostingOptions Long = new() { Trees = 400, Ensembles = 1, LearningRate = 0.3 };

    [Fact]
    public void Fit_PureNoise_KeepsFewTrees()
    {
        var (features, targets) = Noisy(noise: 100);

        var forest = Fit(Long with { EarlyStopping = new() { Patience = 10 } }, features, targets);

        forest.Trees.ShouldBeLessThan(30);
        Fit(Long, features, targets).Trees.ShouldBe(400);
    }

    [Fact]
    public void Fit_NoisyTargets_PredictsNewRowsBetterThanWithAllTrees()
    {
        var (features, targets) = Noisy(noise: 4);
        var (fresh, truth) = GradientBoostingLearnerTests.KnownFunction(rows: 300, outliers: 0, seed: 77);
        double Error(RegressionForest forest) => Enumerable.Range(0, fresh.Rows).Average(i => Math.Abs(forest.Predict(fresh.Row(i)) - truth[i]));

        Error(Fit(Long with { EarlyStopping = new() }, features, targets)).ShouldBeLessThan(0.9 * Error(Fit(Long, features, targets)));
    }

    [Fact]
    public void Fit_StillImproving_KeepsEveryTree()
    {
        var (features, targets) = GradientBoostingLearnerTests.KnownFunction(rows: 400, outliers: 0);

        Fit(Long with { Trees = 20, LearningRate = 0.02, EarlyStopping = new() }, features, targets).Trees.ShouldBe(20);
    }

    [Fact]
    public void Fit_NoTreeImproves_IsTheConstant()
    {
        // The only feature is constant: a tree is one leaf, which corrects nothing.
        var forest = Fit(Long with { EarlyStopping = new() { Patience = 3 } }, new FeatureMatrix(1, new double[40]), [.. Enumerable.Repeat(5.0, 40)]);

        forest.Trees.ShouldBe(0);
        forest.Predict([0]).ShouldBe(5);
        forest.Gains.ToArray().ShouldBe([0]);
    }

    [Fact]
    public void Fit_AnyThreadCount_StopsAtTheSameTrees()
    {
        var (features, targets) = Noisy(noise: 1);
        RegressionForest Train(int threads) => Fit(Long with { Ensembles = 4, EarlyStopping = new(), MaxThreads = threads }, features, targets);

        Train(8).Nodes.ToArray().ShouldBe(Train(1).Nodes.ToArray());
    }

    [Fact]
    public void Fit_Gains_AreThoseOfTheTreesThatAreKept()
    {
        var (features, targets) = Noisy(noise: 100);
        var stopped = Fit(Long with { EarlyStopping = new() { Patience = 10 } }, features, targets);
        var again = Fit(Long with { Trees = Math.Max(1, stopped.Trees), EarlyStopping = new() { Patience = 400 } }, features, targets);

        stopped.Gains.ToArray().ShouldBe(again.Gains.ToArray());
    }

    [Theory]
    [InlineData(0, 10, nameof(EarlyStopping.HeldOutFraction))]
    [InlineData(0.6, 10, nameof(EarlyStopping.HeldOutFraction))]
    [InlineData(double.NaN, 10, nameof(EarlyStopping.HeldOutFraction))]
    [InlineData(0.2, 0, nameof(EarlyStopping.Patience))]
    public void Validate_OutOfRange_NamesTheSetting(double fraction, int patience, string named) =>
        Should.Throw<ArgumentOutOfRangeException>(
            () => new BoostingOptions { EarlyStopping = new() { HeldOutFraction = fraction, Patience = patience } }.Validate()).ParamName.ShouldBe(named);

    [Fact]
    public void Fit_OneRow_IsRefused() =>
        Should.Throw<ArgumentException>(() => Fit(Long with { EarlyStopping = new() }, new FeatureMatrix(1, [1]), [1])).Message.ShouldContain("2 rows");

    private static RegressionForest Fit(BoostingOptions options, FeatureMatrix features, double[] targets) =>
        new GradientBoostingLearner(options, new SquaredLoss()).Fit(features, targets, CancellationToken.None);

    private static (FeatureMatrix Features, double[] Targets) Noisy(double noise)
    {
        var (features, targets) = GradientBoostingLearnerTests.KnownFunction(rows: 200, outliers: 0);
        var random = new SplitMix64(3);
        return (features, [.. targets.Select(t => t + noise * (random.NextDouble() - 0.5))]);
    }
}
