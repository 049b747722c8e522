using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Web.Storage;
using EnergyManager.Web;
using EnergyManager.Web.Storage;
using EnergyManager.Web.Telemetry;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Web.Telemetry;

public sealed class TelemetryHistoryTests : IDisposable
{
    private readonly TestDatabase _test = new();
    private readonly Guid _boot = Guid.NewGuid();

    public void Dispose() => _test.Dispose();

    // length of the period (s), its age (s), step asked for (s; 0 for none) -> step (s), source (s; 0 for raw)
    [Theory]
    [InlineData(60, 60, 0, 1, 0)]
    [InlineData(5000, 5000, 0, 1, 0)]
    [InlineData(6000, 6000, 0, 2, 0)]
    [InlineData(86400, 86400, 0, 30, 0)]
    [InlineData(7 * 86400, 7 * 86400, 0, 300, 60)]
    [InlineData(30 * 86400, 30 * 86400, 0, 600, 60)]
    [InlineData(3600, 3 * 86400, 0, 60, 60)]
    [InlineData(3600, 40 * 86400, 0, 3600, 3600)]
    [InlineData(700 * 86400, 700 * 86400, 0, 21600, 3600)]
    [InlineData(600, 600, 10, 10, 0)]
    [InlineData(600, 600, 7, 7, 0)]
    [InlineData(86400, 86400, 1, 18, 0)]
    [InlineData(86400, 86400, 90, 120, 60)]
    [InlineData(86400, 86400, 5400, 7200, 3600)]
    public void Choose_Period_IsFinestUnderTheCapAndKept(int length, int age, int asked, int step, int source)
    {
        var from = Samples.Noon.AddSeconds(-age);

        var resolution = HistoryResolution.Choose(
            from, from.AddSeconds(length), asked == 0 ? null : TimeSpan.FromSeconds(asked), Samples.Noon, new CapOptions());

        resolution.Step.ShouldBe(TimeSpan.FromSeconds(step));
        (resolution.Source is { } width ? (int)width : 0).ShouldBe(source);
        (length / resolution.Step.TotalSeconds).ShouldBeLessThanOrEqualTo(new CapOptions().TelemetryPoints);
    }

    [Fact]
    public async Task QueryAsync_GapInTheSamples_HasNoPoints()
    {
        Write(Samples.Run(_boot, 1, 60, Samples.Noon), Samples.Run(_boot, 61, 60, Samples.Noon.AddMinutes(5)));

        var series = await QueryAsync(Samples.Noon, Samples.Noon.AddMinutes(10), TimeSpan.FromMinutes(1));

        series.Points.Select(point => point.Time).ShouldBe([Samples.Noon, Samples.Noon.AddMinutes(5)]);
    }

    [Fact]
    public async Task QueryAsync_StepOfSeconds_IsTheMeanOfItsSamples()
    {
        Write(Samples.Run(_boot, 1, 30, Samples.Noon));

        var series = await QueryAsync(Samples.Noon, Samples.Noon.AddMinutes(1), TimeSpan.FromSeconds(10));

        series.Points.Select(point => point.CpuPercent).ShouldBe([4.5, 14.5, 24.5]);
        series.Points.ShouldAllBe(point => point.Power == null && point.TemperatureC == null);
    }

    [Fact]
    public async Task QueryAsync_RawPeriod_GivesTheSamplesAtTheirOwnTimes()
    {
        var start = Samples.Noon.AddMilliseconds(431);
        Write(Samples.Run(_boot, 1, 5, start));

        var series = await QueryAsync(Samples.Noon, Samples.Noon.AddMinutes(1), null);

        series.Points.Select(point => point.Time).ShouldBe(Enumerable.Range(0, 5).Select(i => start.AddSeconds(i)));
    }

    [Fact]
    public async Task QueryAsync_MorePointsThanTheCap_IsRaisedToACoarserStep()
    {
        Write(Samples.Run(_boot, 1, 1000, Samples.Noon));

        var series = await QueryAsync(Samples.Noon, Samples.Noon.AddSeconds(1000), TimeSpan.FromSeconds(1), cap: 100);

        series.Step.ShouldBe(TimeSpan.FromSeconds(10));
        series.Points.Count.ShouldBe(100);
    }

    [Fact]
    public async Task QueryAsync_UnknownDeviceOrEmptyPeriod_HasNoPoints()
    {
        (await QueryAsync(Samples.Noon, Samples.Noon.AddMinutes(1), null, device: "stranger")).Points.ShouldBeEmpty();
        (await QueryAsync(Samples.Noon, Samples.Noon, null)).Points.ShouldBeEmpty();
    }

    private Task<TelemetrySeries> QueryAsync(DateTimeOffset from, DateTimeOffset to, TimeSpan? step, int cap = 5000, string device = "bench")
    {
        var options = Options.Create(new ManagerOptions { Caps = new CapOptions { TelemetryPoints = cap } });
        return new TelemetryHistory(_test.Telemetry, options, new FakeTimeProvider(Samples.Noon.AddHours(1))).QueryAsync(device, from, to, step, CancellationToken.None);
    }

    private void Write(params IReadOnlyList<TelemetrySample>[] runs)
    {
        foreach (var run in runs)
            _test.Telemetry.Write([new TelemetryWrite("bench", _boot, run, SequenceRanges.Parse($"{run[0].Sequence}-{run[^1].Sequence}"))], Samples.Noon);
    }
}
