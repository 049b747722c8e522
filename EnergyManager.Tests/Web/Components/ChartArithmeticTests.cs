using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Components;

public sealed class ChartArithmeticTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Write_PointsInStep_GivesAnUnbrokenLine()
    {
        var columns = Writer().Write([At(0, 1), At(1, 2), At(2, 3)]);

        columns.Times.ShouldBe([Seconds(0), Seconds(1), Seconds(2)]);
        columns.Values[0].ShouldBe([1.0, 2.0, 3.0]);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(2.5, false)]
    [InlineData(2.6, true)]
    [InlineData(600, true)]
    public void Write_AfterAPause_BreaksTheLineOnlyWhenItIsAGap(double pause, bool broken)
    {
        var columns = Writer().Write([At(0, 1), At(pause, 2)]);

        columns.Count.ShouldBe(broken ? 3 : 2);
        columns.Values[0].Contains(null).ShouldBe(broken);
    }

    [Fact]
    public void Write_BatchAfterBatch_SeesTheGapBetweenThem()
    {
        var writer = Writer();
        writer.Write([At(0, 1)]).Count.ShouldBe(1);

        var columns = writer.Write([At(10, 2)]);

        columns.Times.ShouldBe([Seconds(1), Seconds(10)]);
        columns.Values[0].ShouldBe([null, 2.0]);
    }

    [Fact]
    public void Write_PointsThatAreNotLater_LeavesThemOut()
    {
        var writer = Writer();
        writer.Write([At(5, 1)]);

        writer.Write([At(4, 2), At(5, 3), At(6, 4)]).Values[0].ShouldBe([4.0]);
    }

    [Fact]
    public void Write_FiguresThatAreNotThere_GivesNullNeverZero() =>
        Writer().Write([At(0, null), At(1, double.NaN)]).Values[0].ShouldBe([null, null]);

    [Fact]
    public void ParetoPlot_OfModels_KeepsWhatNothingBeatsOnTheFront()
    {
        var plot = ParetoPlot.From(
        [
            Model("fast", 0.01, 50, 70), Model("cheap", 0.05, 10, 65), Model("accurate", 0.06, 60, 82), Model("beaten", 0.06, 61, 81), Model("unpublished", 0.07, 70, null),
        ]);

        plot.Front.Select(point => point.Model).ShouldBe(["fast", "cheap", "accurate"]);
        plot.Points.Single(point => point.Model == "beaten").OnFront.ShouldBeFalse();
        plot.Points.Single(point => point.Model == "unpublished").OnFront.ShouldBeFalse();
    }

    [Fact]
    public void ParetoPlot_OfEqualModels_KeepsBothOnTheFront() =>
        ParetoPlot.From([Model("a", 0.01, 50, 70), Model("b", 0.01, 50, 70)]).Front.Count.ShouldBe(2);

    [Fact]
    public void ParetoPlot_OfModelsWithoutFigures_LeavesThemOutAndCountsThem()
    {
        var plot = ParetoPlot.From([Model("known", 0.01, 50, 70), Model("slow", null, 50, 70), Model("dark", 0.01, null, null), Model("zero", 0.01, 0, null)]);

        plot.Points.Select(point => point.Model).ShouldBe(["known"]);
        plot.Left.ShouldBe(3);
    }

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData(0.0, "0")]
    [InlineData(69.9, "0")]
    [InlineData(70.0, "70")]
    [InlineData(79.99, "75")]
    [InlineData(88.0, "80")]
    public void ParetoPlot_OfAnAccuracy_PutsItIntoItsBand(double? top1, string band) =>
        ParetoPlot.From([Model("m", 0.01, 50, top1)]).Bands.Single().Key.ShouldBe(band);

    [Fact]
    public void Sparkline_OfAGap_LiftsThePen() =>
        Sparkline.Path([0, 10, null, 10], 4, 30, 10, 0, 10).ShouldBe("M0 10L10 0M30 0");

    [Fact]
    public void Sparkline_OfFewFigures_StandsAtTheRight() =>
        Sparkline.Path([5], 4, 30, 10, 0, 10).ShouldBe("M30 5");

    [Fact]
    public void Sparkline_OfNothing_IsEmpty() => Sparkline.Path([null, double.NaN], 4, 30, 10, null, null).ShouldBeEmpty();

    [Theory]
    [InlineData("1m", 60, true)]
    [InlineData("30d", 2_592_000, false)]
    [InlineData("nonsense", 300, true)]
    [InlineData(null, 300, true)]
    public void TimeRange_OfAKey_IsTheRangeOrTheDefault(string? key, double seconds, bool live)
    {
        var range = TimeRange.Parse(key);

        range.Length.TotalSeconds.ShouldBe(seconds);
        range.Live.ShouldBe(live);
        range.Refresh.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(15));
    }

    private static ColumnWriter Writer() => new([point => point.CpuPercent], TimeSpan.FromSeconds(1));

    private static ChartPoint At(double second, double? cpu) => new(Start.AddSeconds(second), cpu, null, null, null, null, null, null, null);

    private static double Seconds(double second) => Start.AddSeconds(second).ToUnixTimeMilliseconds() / 1000.0;

    private static ModelView Model(string name, double? latency, double? energy, double? top1) =>
        new() { Model = name, LatencyAvgS = latency, EnergyMwh = energy, Top1 = top1, Provenance = "benchmark", Available = false };
}
