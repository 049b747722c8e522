using EnergyManager.Core.Prediction.FewShot;
using EnergyManager.Core.Prediction.Intervals;

namespace EnergyManager.Tests.Core.Prediction.FewShot;

public sealed class SmallSampleIntervalsTests
{
    private static readonly ConformalCalibration Narrow = new(0.001, 0.002, 0.9, 0.95, 100);

    [Fact]
    public void From_ThreeErrors_IsStudentsTOnTheirRootMeanSquare()
    {
        var intervals = SmallSampleIntervals.From([0.1, -0.1, 0.1], Narrow);
        intervals.HalfWidth90.ShouldBe(2.920 * 0.1, 1e-9);
        intervals.HalfWidth95.ShouldBe(4.303 * 0.1, 1e-9);
        intervals.Rows.ShouldBe(3);
    }

    [Fact]
    public void From_EnoughErrors_IsTheConformalRank()
    {
        // 19 errors: rank 18 of 20 at 90 %, rank 19 of 20 at 95 %.
        double[] errors = [.. Enumerable.Range(1, 19).Select(i => i / 100.0 * (i % 2 == 0 ? 1 : -1))];
        var intervals = SmallSampleIntervals.From(errors, Narrow);
        intervals.HalfWidth90.ShouldBe(0.18);
        intervals.HalfWidth95.ShouldBe(0.19);
    }

    [Fact]
    public void From_EveryCount_IsFiniteAndOrdered()
    {
        for (var count = 3; count <= 40; count++)
        {
            double[] errors = [.. Enumerable.Range(0, count).Select(i => 0.1 * Math.Sin(i + 1))];
            var intervals = SmallSampleIntervals.From(errors, Narrow);
            intervals.HalfWidth90.ShouldBeInRange(0.05, 0.5);
            intervals.HalfWidth95.ShouldBeGreaterThanOrEqualTo(intervals.HalfWidth90);
            intervals.MeasuredCoverage90.ShouldBeInRange(0.5, 1);
        }
    }

    [Fact]
    public void From_SmallErrors_IsNotNarrowerThanTheModelThatIsCorrected()
    {
        var least = new ConformalCalibration(0.2, 0.3, 0.9, 0.95, 100);
        var intervals = SmallSampleIntervals.From([0.001, -0.002, 0.001, 0.003], least);
        (intervals.HalfWidth90, intervals.HalfWidth95, intervals.MeasuredCoverage90).ShouldBe((0.2, 0.3, 1));
    }

    [Fact]
    public void From_TwoErrors_IsRefused() => Should.Throw<ArgumentException>(() => SmallSampleIntervals.From([0.1, 0.2], Narrow));
}
