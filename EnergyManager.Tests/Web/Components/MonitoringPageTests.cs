using Bunit;
using EnergyManager.Web.Components.Pages;
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

        for (var second = 0; second < 60 && !page.Find("[data-testid=device-state]").TextContent.Contains("Stale"); second++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }

        page.Find("[data-testid=device-state]").TextContent.ShouldContain("Stale");
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

    [Fact]
    public async Task Dispose_OfThePage_EndsEverySubscription()
    {
        Open();

        await DisposeComponentsAsync();

        Fleet.Watchers.ShouldBe(0);
        SpinWait.SpinUntil(() => Feed.Watchers == 0, TimeSpan.FromSeconds(5)).ShouldBeTrue();
    }

    private IRenderedComponent<MonitoringPage> Open()
    {
        Connect("nano");
        var page = Render<MonitoringPage>();
        page.WaitForState(() => Feed.Watchers == 1);
        page.WaitForAssertion(() => page.Find("[data-testid=pareto-panel]").TextContent.ShouldContain("No model of this board"));
        return page;
    }
}
