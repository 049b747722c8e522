using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Comparison;

namespace EnergyManager.Tests.Core.Prediction.Comparison;

public sealed class ComparisonLearnerTests
{
    public static TheoryData<string, double> ErrorsOfAKnownFunction => new()
    {
        // Mean absolute error as a share of the targets' mean absolute deviation. The function has a step and a product,
        // which a line cannot follow.
        { "linear regression", 0.5 },
        { "ridge", 0.5 },
        { "random forest", 0.15 },
        { "extra trees", 0.15 },
        { "gradient boosting", 0.12 },
        { "regularised boosting", 0.12 },
        { "neural network", 0.35 },
    };

    [Fact]
    public void All_Learners_HaveDifferentNames() =>
        ComparisonLearners.All.Select(l => l.Name).ShouldBe(ErrorsOfAKnownFunction.Select(row => (string)row[0]), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(ErrorsOfAKnownFunction))]
    public void Fit_KnownFunction_PredictsNewRows(string name, double atMost)
    {
        var (features, targets) = GradientBoostingLearnerTests.KnownFunction(rows: 400, outliers: 0);
        var (fresh, truth) = GradientBoostingLearnerTests.KnownFunction(rows: 200, outliers: 0, seed: 99);
        var regression = Learner(name).Fit(features, targets, CancellationToken.None);

        var error = Enumerable.Range(0, fresh.Rows).Average(i => Math.Abs(regression(fresh.Row(i)) - truth[i]));

        (error / truth.Average(t => Math.Abs(t - truth.Average()))).ShouldBeLessThan(atMost);
    }

    [Theory]
    [MemberData(nameof(ErrorsOfAKnownFunction))]
    public void Fit_Twice_GivesTheSameBits(string name, double _)
    {
        var (features, targets) = GradientBoostingLearnerTests.KnownFunction(rows: 80, outliers: 0);
        double Predict() => Learner(name).Fit(features, targets, CancellationToken.None)([0.3, double.NaN, 0.9, 0.1]);

        BitConverter.DoubleToInt64Bits(Predict()).ShouldBe(BitConverter.DoubleToInt64Bits(Predict()));
    }

    [Theory]
    [MemberData(nameof(ErrorsOfAKnownFunction))]
    public void Fit_Cancelled_Stops(string name, double _)
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Should.Throw<OperationCanceledException>(() => Learner(name).Fit(new FeatureMatrix(1, [1, 2]), [1, 2], cancelled.Token));
    }

    [Fact]
    public void Fit_LinearFunction_IsRecoveredExactlyAndExtrapolated()
    {
        // The last two features depend on the others: one is twice the first, one does not vary.
        var random = new SplitMix64(2);
        double[][] rows = [.. Enumerable.Range(0, 40).Select(_ => Row(random.NextDouble(), 1000 * random.NextDouble(), 0.01 * random.NextDouble()))];
        var regression = new LinearLearner(penalty: 0).Fit(
            new FeatureMatrix(5, [.. rows.SelectMany(row => row)]), [.. rows.Select(Truth)], CancellationToken.None);

        foreach (var row in (double[][])[Row(0, 0, 0), Row(1, 0, 0), Row(0, 1, 0), Row(0, 0, 1), Row(-7, 2000, 3)])
            regression(row).ShouldBe(Truth(row), 1e-8 * (1 + Math.Abs(Truth(row))));

        static double[] Row(double a, double b, double c) => [a, b, c, 2 * a, 4];
        static double Truth(double[] row) => 5 - 3 * row[0] + 0.25 * row[1] + 70 * row[2];
    }

    [Fact]
    public void Fit_Ridge_ShrinksAsComputedByHand()
    {
        // Standardized x is -1, 1, targets -2, 2 round 5: coefficient sum(xy) / (sum(xx) + penalty) = 4 / (2 + 2) = 1.
        var regression = new LinearLearner(penalty: 2).Fit(new FeatureMatrix(1, [10, 20]), [3, 7], CancellationToken.None);

        regression([20]).ShouldBe(6, 1e-12);
        regression([10]).ShouldBe(4, 1e-12);
    }

    [Fact]
    public void Fit_Linear_TakesTheMedianForAMissingValue()
    {
        var regression = new LinearLearner(penalty: 0).Fit(new FeatureMatrix(1, [1, 2, 30, double.NaN]), [1, 2, 30, 2], CancellationToken.None);

        regression([double.NaN]).ShouldBe(regression([2]));
        regression([17]).ShouldBe(17, 1e-9);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void LinearLearner_PenaltyNegative_IsRefused(double penalty) => Should.Throw<ArgumentOutOfRangeException>(() => new LinearLearner(penalty));

    [Fact]
    public void Fit_ExtraTrees_GrowUntilTheyKnowTheirRows()
    {
        var (features, targets) = GradientBoostingLearnerTests.KnownFunction(rows: 150, outliers: 0);
        var regression = Learner("extra trees").Fit(features, targets, CancellationToken.None);

        for (var row = 0; row < targets.Length; row++)
            regression(features.Row(row)).ShouldBe(targets[row], 1e-9);
    }

    [Fact]
    public void Fit_RandomForest_StaysBetweenTheTargets()
    {
        var (features, targets) = GradientBoostingLearnerTests.KnownFunction(rows: 150, outliers: 0);
        var regression = Learner("random forest").Fit(features, targets, CancellationToken.None);

        regression([100, 100, -100, 0]).ShouldBeInRange(targets.Min(), targets.Max());
        // Bootstrap: a row is missing in more than a third of the trees, so that its target is not learned by heart.
        Enumerable.Range(0, targets.Length).Average(row => Math.Abs(regression(features.Row(row)) - targets[row])).ShouldBeGreaterThan(0.01);
    }

    private static IRegressionLearner Learner(string name) => ComparisonLearners.All.Single(l => l.Name == name);
}
