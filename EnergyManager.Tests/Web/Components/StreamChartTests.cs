using Bunit;
using EnergyManager.Web.Components.Charts;

namespace EnergyManager.Tests.Web.Components;

public sealed class StreamChartTests : DashboardContext
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly BunitJSModuleInterop _drawing;

    public StreamChartTests()
    {
        var module = JSInterop.SetupModule("./js/stream-chart.js");
        _drawing = module.SetupModule("create", _ => true);
        _drawing.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public async Task AppendAsync_NewPoints_SendsOnlyThem()
    {
        var chart = await ChartAsync(seconds: [0, 1, 2]);

        await chart.InvokeAsync(() => chart.Instance.AppendAsync([Point(3), Point(4)]));

        Times(_drawing.Invocations["append"].Single()).ShouldBe([3, 4]);
    }

    [Fact]
    public async Task AppendAsync_BrowserMissedPoints_TellsAllAnewOnce()
    {
        var chart = await ChartAsync(seconds: [0, 1, 2]);
        var append = _drawing.SetupVoid("append", _ => true);
        append.SetCanceled();
        await chart.InvokeAsync(() => chart.Instance.AppendAsync([Point(3)]));

        await chart.InvokeAsync(() => chart.Instance.AppendAsync([Point(4)]));

        Times(_drawing.Invocations["reset"][^1]).ShouldBe([0, 1, 2, 3, 4]);
        append.SetVoidResult();
        await chart.InvokeAsync(() => chart.Instance.AppendAsync([Point(5)]));
        Times(_drawing.Invocations["append"][^1]).ShouldBe([5]);
        _drawing.Invocations["reset"].Count.ShouldBe(2);
    }

    [Fact]
    public async Task AppendAsync_AfterSilence_BreaksTheLine()
    {
        var chart = await ChartAsync(seconds: [0, 1]);

        await chart.InvokeAsync(() => chart.Instance.AppendAsync([Point(30)]));

        var append = _drawing.Invocations["append"].Single();
        Times(append).ShouldBe([2, 30]);
        ((IReadOnlyList<IReadOnlyList<double?>>)append.Arguments[1]!).Single().ShouldBe([null, 50]);
    }

    private async Task<IRenderedComponent<StreamChart>> ChartAsync(int[] seconds)
    {
        var chart = Render<StreamChart>(parameters => parameters.Add(c => c.Options, new StreamChartOptions
        {
            Key = "load",
            Title = "Load",
            Unit = "%",
            Series = [new StreamSeries("CPU", 1, point => point.CpuPercent)],
        }));
        await chart.InvokeAsync(() => chart.Instance.ResetAsync([.. seconds.Select(Point)], TimeSpan.FromSeconds(1), Noon.AddMinutes(-1), Noon.AddSeconds(seconds[^1]), live: true));
        return chart;
    }

    private static ChartPoint Point(int second) => new(Noon.AddSeconds(second), 50, null, null, null, null, null, null, null);

    private static IEnumerable<int> Times(JSRuntimeInvocation call) =>
        ((IReadOnlyList<double>)call.Arguments[0]!).Select(time => (int)(time - Noon.ToUnixTimeSeconds()));
}
