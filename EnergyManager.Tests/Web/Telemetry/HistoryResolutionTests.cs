using EnergyManager.Web;
using EnergyManager.Web.Storage;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Tests.Web.Telemetry;

public sealed class HistoryResolutionTests
{
    [Theory]
    [InlineData(5, 1, null)]
    [InlineData(60, 1, null)]
    [InlineData(6 * 60, 5, null)]
    [InlineData(24 * 60, 30, null)]
    [InlineData(7 * 24 * 60, 5 * 60, "Minute")]
    [InlineData(30 * 24 * 60, 10 * 60, "Minute")]
    [InlineData(365 * 24 * 60, 2 * 3600, "Hour")]
    public void Choose_PeriodUntilNow_TakesTheFinestThatIsKeptAndFits(int minutes, int seconds, string? source)
    {
        var caps = new CapOptions();
        var from = Samples.Noon.AddMinutes(-minutes);

        var chosen = HistoryResolution.Choose(from, Samples.Noon, step: null, Samples.Noon, caps);

        chosen.Step.ShouldBe(TimeSpan.FromSeconds(seconds));
        chosen.Source.ShouldBe(source is null ? null : Enum.Parse<RollupWidth>(source));
        ((Samples.Noon - from) / chosen.Step).ShouldBeLessThanOrEqualTo(caps.TelemetryPoints);
    }

    [Fact]
    public void Choose_ShortPeriodLongAgo_ReadsWhatIsStillKept()
    {
        var caps = new CapOptions();

        var chosen = HistoryResolution.Choose(Samples.Noon.AddDays(-60), Samples.Noon.AddDays(-60).AddHours(3), step: null, Samples.Noon, caps);

        chosen.ShouldBe(new HistoryResolution(TimeSpan.FromHours(1), RollupWidth.Hour));
    }
}
