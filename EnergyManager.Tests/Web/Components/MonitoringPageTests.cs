using Bunit;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Components.Pages;
using EnergyManager.Web.Telemetry;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Components;

public sealed class MonitoringPageTests : DashboardContext
{
    [Fact]
    public void Tiles_OfADeviceWithoutPowerSensor_SaySoAndNeverShowZero()
    {
        var page = Open();

        Feed.Push(Sample(1, 12.5));

        page.WaitForAssertion(() => page.Find("[data-testid=tile-cpu]").TextContent.ShouldContain("12.5"));
        var power = page.Find("[data-testid=tile-power]").TextContent;
        power.ShouldContain("no power sensor");
        power.ShouldNotContain("0");
        page.Find("[data-testid=tile-latency]").TextContent.ShouldContain("21.0");
        page.Find("[data-testid=tile-latency]").TextContent.ShouldContain("32.0");
        page.Find("[data-testid=tile-throughput]").TextContent.ShouldContain("5.00");
        page.Find("[data-testid=tile-model]").TextContent.ShouldContain("squeezenet1_1");
    }

    [Fact]
    public void Tiles_OfASecondWithoutAReading_DoNotDenyTheSensor()
    {
        Connect("nano", powerSensor: true);
        var page = Render<MonitoringPage>();

        Feed.Push(Sample(1, 12.5));

        page.WaitForAssertion(() => page.Find("[data-testid=tile-power]").TextContent.ShouldContain("no reading"));
        page.Find("[data-testid=tile-power]").TextContent.ShouldNotContain("no power sensor");
    }

    [Fact]
    public void Tiles_OfMeasuredPower_NameTheSensor()
    {
        var page = Open();

        Feed.Push(Sample(1, 12.5, power: true));

        page.WaitForAssertion(() => page.Find("[data-testid=tile-power]").TextContent.ShouldContain("4.20"));
        page.Find("[data-testid=tile-power]").TextContent.ShouldContain("ina219");
    }

    [Fact]
    public async Task Tiles_OfADeviceThatWentQuiet_TurnStaleAndRecover()
    {
        var page = Open();
        Feed.Push(Sample(1, 12.5));
        page.WaitForAssertion(() => page.Find("[data-testid=tile-cpu]").TextContent.ShouldContain("12.5"));

        await Eventually.ShouldAsync(Clock, TimeSpan.FromSeconds(1), () => page.Find("[data-testid=device-state]").TextContent.Contains("Stale"));
        page.Find("[data-testid=tile-cpu]").ClassList.ShouldContain("em-stale");

        Feed.Push(Sample(20, 50));
        page.WaitForAssertion(() => page.Find("[data-testid=tile-cpu]").ClassList.ShouldNotContain("em-stale"));
    }

    [Fact]
    public void Page_WithoutDevices_SaysHowToGetOne()
    {
        var page = Render<MonitoringPage>();

        page.WaitForElement("[data-testid=no-devices]").TextContent.ShouldContain("Start the agent");
    }

    [Fact]
    public void Page_WhenTheFirstDeviceConnects_ShowsItByItself()
    {
        var page = Render<MonitoringPage>();
        page.WaitForElement("[data-testid=no-devices]");

        Connect("nano");

        page.WaitForState(() => Feed.Watchers == 1);
        page.WaitForAssertion(() => page.FindAll("[data-testid=no-devices]").ShouldBeEmpty());
    }

    [Fact]
    public void Page_OfAnOfflineDevice_SaysThatTheFiguresAreOld()
    {
        Connect("nano", online: false);

        Render<MonitoringPage>().WaitForElement("[data-testid=offline-note]").TextContent.ShouldContain("not connected");
    }

    [Fact]
    public void Range_FromTheStore_IsReadAndWrittenToTheAddress()
    {
        var page = Open();
        var before = History.Queries;

        page.Find("[data-testid=range-24h]").Click();

        page.WaitForAssertion(() => History.Queries.ShouldBe(before + 1));
        page.WaitForAssertion(() => page.Find("[data-testid=live-chart]").TextContent.ShouldContain("one point every 60"));
        page.Find("[data-testid=range-24h]").GetAttribute("aria-pressed").ShouldBe("true");
        Services.GetRequiredService<NavigationManager>().Uri.ShouldContain("range=24h");
    }

    [Fact]
    public void Range_WhenTheStoreFails_SaysWhyAndKeepsThePage()
    {
        var page = Open();
        History.Failure = new InvalidOperationException("The database is locked.");

        page.Find("[data-testid=range-24h]").Click();

        page.WaitForAssertion(() => page.Find("[role=alert]").TextContent.ShouldContain("The database is locked."));
    }

    [Fact]
    public void Chart_AsATable_ShowsTheFiguresBehindIt()
    {
        var page = Open();
        Feed.Push(Sample(1, 12.5), Sample(2, 13.5));
        page.WaitForAssertion(() => page.Find("[data-testid=tile-cpu]").TextContent.ShouldContain("13.5"));

        page.Find("[data-testid=chart-table-load]").Click();

        page.WaitForAssertion(() => page.FindAll("[data-testid=live-chart-load] tbody tr").Count.ShouldBe(2));
        page.FindAll("[data-testid=live-chart-load] tbody tr")[0].TextContent.ShouldContain("13.5");
    }

    [Theory]
    [InlineData("health", "health-panel")]
    [InlineData("distribution", "distribution-panel")]
    [InlineData("advanced", "pareto-panel")]
    [InlineData("series", "live-chart")]
    public void View_Chosen_IsShownAndWrittenToTheAddress(string key, string panel)
    {
        var page = Open();

        page.Find($"[data-testid=view-{key}]").Click();

        page.WaitForElement($"[data-testid={panel}]");
        page.Find($"[data-testid=view-{key}]").GetAttribute("aria-pressed").ShouldBe("true");
        Services.GetRequiredService<NavigationManager>().Uri.ShouldContain($"view={key}");
    }

    [Fact]
    public void Page_OfAnAddress_ShowsItsDeviceRangeAndView()
    {
        Connect("first");
        Connect("second");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/monitoring?device=second&range=6h&view=distribution");

        var page = Render<MonitoringPage>();

        page.WaitForElement("[data-testid=distribution-panel]");
        page.Find("[data-testid=range-6h]").GetAttribute("aria-pressed").ShouldBe("true");
        page.WaitForAssertion(() => page.Find("[data-testid=device-picker] option[selected]").TextContent.ShouldBe("name-of-second"));
    }

    [Fact]
    public void Health_OfADeviceWithoutPowerSensor_SaysSoAndNeverShowsZero()
    {
        History.Points = [Point(-60, 40, null), Point(-30, 60, null)];
        var page = Open();

        page.Find("[data-testid=view-health]").Click();

        page.WaitForElement("[data-testid=health-no-sensor]");
        var figures = page.Find("[data-testid=health-kpis]").TextContent;
        figures.ShouldContain("50.0");
        figures.ShouldContain("no power sensor");
        page.Find("[data-testid=budget-gauge]").GetAttribute("data-state").ShouldBe("Unknown");
    }

    [Fact]
    public void Distribution_OfAFigureThatNothingMeasured_SaysWhy()
    {
        History.Points = [Point(-60, 40, null), Point(-30, 60, null)];
        var page = Open();
        page.Find("[data-testid=view-distribution]").Click();
        page.WaitForAssertion(() => page.Find("[data-testid=distribution-figures]").TextContent.ShouldContain("50.0"));

        page.Find("[data-testid=metric-Power]").Click();

        page.WaitForAssertion(() => page.Find("[data-testid=histogram-chart] .em-chart-empty").TextContent.ShouldContain("no power sensor"));
        page.Find("[data-testid=distribution-figures]").TextContent.ShouldNotContain("0 W");
    }

    [Fact]
    public async Task Dispose_OfThePage_EndsEverySubscription()
    {
        Open();

        await DisposeComponentsAsync();

        Fleet.Watchers.ShouldBe(0);
        SpinWait.SpinUntil(() => Feed.Watchers == 0, Eventually.Patience).ShouldBeTrue();
    }

    private IRenderedComponent<MonitoringPage> Open()
    {
        Connect("nano");
        var page = Render<MonitoringPage>();
        page.WaitForState(() => Feed.Watchers == 1);
        return page;
    }

    private TelemetryPoint Point(double second, double cpu, double? watts) => new()
    {
        Time = Clock.GetUtcNow().AddSeconds(second),
        CpuPercent = cpu,
        Power = watts is { } w ? new TelemetryPower(w, w, w, w * 30, "measured:ina219") : null,
    };
}
