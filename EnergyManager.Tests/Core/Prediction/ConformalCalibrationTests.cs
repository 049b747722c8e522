using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Intervals;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class ConformalCalibrationTests
{
    [Fact]
    public void HalfWidth_NineteenErrors_TakesTheEighteenthSmallest()
    {
        // ceil(0.9 * 20) = 18; signs do not matter.
        HeldOutError[] errors = [.. Enumerable.Range(1, 19).Select(i => new HeldOutError(i % 2 == 0 ? i : -i, 1, 0))];

        ConformalCalibration.HalfWidth(errors, 0.9).ShouldBe(18);
    }

    [Fact]
    public void HalfWidth_TooFewErrors_TakesTheLargest() =>
        ConformalCalibration.HalfWidth([new(1, 1, 0), new(-3, 1, 0)], 0.9).ShouldBe(3);

    [Fact]
    public void HalfWidth_WidenedRow_CountsLess() =>
        ConformalCalibration.HalfWidth([new(1, 1, 0), new(4, 4, 0)], 0.9).ShouldBe(1);

    [Fact]
    public void From_ManyErrorsOfOneKind_CoversWhatItPromises()
    {
        var random = new SplitMix64(11);
        HeldOutError[] errors = [.. Enumerable.Range(0, 4000).Select(i => new HeldOutError(Math.Log(random.NextDouble() + 0.5), 1, i % 5))];

        var calibration = ConformalCalibration.From(errors);

        calibration.MeasuredCoverage90.ShouldBe(0.9, 0.015);
        calibration.MeasuredCoverage95.ShouldBe(0.95, 0.012);
        calibration.HalfWidth95.ShouldBeGreaterThan(calibration.HalfWidth90);
        calibration.Rows.ShouldBe(4000);
    }

    [Fact]
    public void From_NoErrors_IsRefused() => Should.Throw<ArgumentException>(() => ConformalCalibration.From([]));
}
