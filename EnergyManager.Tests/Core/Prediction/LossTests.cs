using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class LossTests
{
    // Residuals (prediction - target): 0.5, -0.25, 3, -2.
    private static readonly double[] Targets = [1, 2, 3, 4];
    private static readonly double[] Predictions = [1.5, 1.75, 6, 2];

    public static TheoryData<IBoostingLoss, double[], double[]> HandComputed => new()
    {
        { new SquaredLoss(), [0.5, -0.25, 3, -2], [1, 1, 1, 1] },
        { new AbsoluteLoss(), [1, -1, 1, -1], [1, 1, 1, 1] },
        { new HuberLoss(1), [0.5, -0.25, 1, -1], [1, 1, 1.0 / 3, 0.5] },
        { new QuantileLoss(0.75), [0.25, -0.75, 0.25, -0.75], [1, 1, 1, 1] },
    };

    [Theory]
    [MemberData(nameof(HandComputed))]
    public void Derivatives_KnownResiduals_MatchHandComputedVectors(IBoostingLoss loss, double[] gradients, double[] curvatures)
    {
        var actualGradients = new double[4];
        var actualCurvatures = new double[4];

        loss.Derivatives(Targets, Predictions, actualGradients, actualCurvatures);

        actualGradients.ShouldBe(gradients, tolerance: 1e-15);
        actualCurvatures.ShouldBe(curvatures, tolerance: 1e-15);
    }

    [Fact]
    public void InitialPrediction_OneOutlier_MeanFollowsItAndMedianDoesNot()
    {
        double[] targets = [1, 2, 3, 94];

        new SquaredLoss().InitialPrediction(targets).ShouldBe(25);
        new AbsoluteLoss().InitialPrediction(targets).ShouldBe(2.5);
        new HuberLoss(1).InitialPrediction(targets).ShouldBe(2.5);
        targets.ShouldBe([1, 2, 3, 94], "the targets of the caller keep their order");
    }

    public static TheoryData<IBoostingLoss, double[]> HandComputedValues => new()
    {
        { new SquaredLoss(), [0.125, 0.03125, 4.5, 2] },
        { new AbsoluteLoss(), [0.5, 0.25, 3, 2] },
        // Beyond delta: delta * (size - delta / 2).
        { new HuberLoss(1), [0.125, 0.03125, 2.5, 1.5] },
        // Predictions above the target cost a quarter, those below three quarters.
        { new QuantileLoss(0.75), [0.125, 0.1875, 0.75, 1.5] },
    };

    [Theory]
    [MemberData(nameof(HandComputedValues))]
    public void Value_KnownResiduals_MatchesHandComputedLosses(IBoostingLoss loss, double[] values) =>
        Targets.Zip(Predictions, (target, prediction) => loss.Value(target - prediction)).ToArray().ShouldBe(values, tolerance: 1e-15);

    public static TheoryData<IBoostingLoss> All => [new SquaredLoss(), new HuberLoss(1), new QuantileLoss(0.75)];

    [Theory]
    [MemberData(nameof(All))]
    public void Derivatives_FirstOne_IsTheSlopeOfTheValue(IBoostingLoss loss)
    {
        const double Step = 1e-6;
        var (gradients, curvatures) = (new double[4], new double[4]);
        loss.Derivatives(Targets, Predictions, gradients, curvatures);

        for (var i = 0; i < 4; i++)
            gradients[i].ShouldBe((loss.Value(Targets[i] - Predictions[i] - Step) - loss.Value(Targets[i] - Predictions[i] + Step)) / (2 * Step), 1e-5);
    }

    [Theory]
    [InlineData(0.25, 2)]
    [InlineData(0.5, 3)]
    [InlineData(0.9, 4.6)]
    public void InitialPrediction_Quantile_IsLinearBetweenTheTargets(double quantile, double expected) =>
        new QuantileLoss(quantile).InitialPrediction([5, 1, 4, 2, 3]).ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.9)]
    public void Fit_Quantile_LeavesThatShareOfTheTargetsBelow(double quantile)
    {
        // Uniform noise whose width grows with x: y lies in [0, x].
        var random = new SplitMix64(4);
        double[] x = [.. Enumerable.Range(0, 2000).Select(_ => 1 + random.NextDouble())];
        double[] y = [.. x.Select(value => value * random.NextDouble())];
        var options = new BoostingOptions { Trees = 60, Ensembles = 1, MaxDepth = 3, MinRowsPerLeaf = 50, ColumnFraction = 1 };

        var forest = new GradientBoostingLearner(options, new QuantileLoss(quantile)).Fit(new FeatureMatrix(1, x), y, CancellationToken.None);

        (x.Zip(y).Count(pair => pair.Second <= forest.Predict([pair.First])) / 2000.0).ShouldBe(quantile, 0.03);
        forest.Predict([1.9]).ShouldBe(quantile * 1.9, 0.15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void QuantileLoss_NotInside0To1_IsRefused(double quantile) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new QuantileLoss(quantile));

    [Fact]
    public void LeafValue_Absolute_IsTheShrunkenMedian() =>
        // Median 2 of 3 rows, penalty 1: 2 * 3 / (3 + 1).
        new AbsoluteLoss().LeafValue([10, -1, 2], leafPenalty: 1).ShouldBe(1.5);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void HuberLoss_DeltaNotPositive_IsRefused(double delta) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new HuberLoss(delta));
}
