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
