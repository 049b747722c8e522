using Bunit;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Shared;

namespace EnergyManager.Tests.Web.Components;

public sealed class DeviceNoticesTests : DashboardContext
{
    private static readonly DateTimeOffset Since = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private readonly DeviceNotices _notices = new();

    [Fact]
    public void Update_AnotherDevice_AllStandInThePage()
    {
        _notices.Update("nano", connected: true, [Of(DriftKind.Energy)]);
        _notices.Update("pi", connected: true, [Of(DriftKind.Latency), Of(DriftKind.Energy)]);

        _notices.Standing.Select(notice => notice.Kind).ShouldBe(["latency", "energy"]);
        _notices.Arrived.ShouldBeEmpty();
    }

    [Fact]
    public void Update_AWarningThatComesLater_LiesOverThePageUntilItIsNoted()
    {
        _notices.Update("nano", connected: true, [Of(DriftKind.Energy)]);
        _notices.Update("nano", connected: true, [Of(DriftKind.Energy), Of(DriftKind.Latency)]);

        _notices.Standing.ShouldHaveSingleItem().Kind.ShouldBe("energy");
        var arrived = _notices.Arrived.ShouldHaveSingleItem();

        _notices.Note(arrived);

        _notices.Standing.Count().ShouldBe(2);
        _notices.Arrived.ShouldBeEmpty();
    }

    [Fact]
    public void Update_OneThatEnds_KeepsItsPlaceWithItsLastFiguresUntilItIsClosed()
    {
        _notices.Update("nano", connected: true, [Of(DriftKind.Energy, measured: 900)]);
        _notices.Update("nano", connected: true, []);

        var over = _notices.Standing.ShouldHaveSingleItem();
        over.Over.ShouldBeTrue();
        over.Drift!.Measured.ShouldBe(900);

        _notices.Close(over);
        _notices.Standing.ShouldBeEmpty();
    }

    [Fact]
    public void Update_OneThatComesAgainBeforeItWasClosed_IsOverNoLonger()
    {
        _notices.Update("nano", connected: true, [Of(DriftKind.Energy, measured: 900)]);
        _notices.Update("nano", connected: true, []);
        _notices.Update("nano", connected: true, [Of(DriftKind.Energy, measured: 700)]);

        _notices.Standing.ShouldHaveSingleItem().ShouldBe(DeviceNotice.Of(Of(DriftKind.Energy, measured: 700)));
    }

    [Fact]
    public void Update_OneThatEndsBeforeItWasNoted_IsGone()
    {
        _notices.Update("nano", connected: true, []);
        _notices.Update("nano", connected: true, [Of(DriftKind.Latency)]);
        _notices.Update("nano", connected: true, []);

        _notices.Standing.Concat(_notices.Arrived).ShouldBeEmpty();
    }

    [Fact]
    public void Alert_OneThatArrivesEndsAndIsClosed_AsTheVisitorSeesIt()
    {
        var device = Connect("nano", powerSensor: true, model: "resnet18");
        var alert = Render<DeviceAlert>(p => p.Add(a => a.Device, device));
        void Say(params DriftWarning[] warnings) => alert.Render(p => p.Add(a => a.Device, device with { Warnings = warnings }));

        Say(Of(DriftKind.Energy));
        alert.FindAll("[data-testid=device-alert]").ShouldBeEmpty();
        alert.Find("[data-testid=device-alert-arrived]").TextContent.ShouldContain("200.0 % more");

        alert.Find("[data-testid=alert-note]").Click();
        alert.FindAll("[data-testid=device-alert-arrived]").ShouldBeEmpty();
        alert.Find("[data-testid=device-alert]").TextContent.ShouldContain("run a device benchmark");

        Say();
        alert.Find("[data-testid=device-alert]").TextContent.ShouldContain("This has ended");

        alert.Find("[data-testid=alert-close]").Click();
        alert.FindAll("[role=alert]").ShouldBeEmpty();
    }

    [Fact]
    public void Alert_TheConnectionGoesAndComesBack_LiesOverThePageAndThenIsGone()
    {
        var device = Connect("nano");
        var alert = Render<DeviceAlert>(p => p.Add(a => a.Device, device).Add(a => a.Connection, true));
        void Say(bool online) => alert.Render(p => p.Add(a => a.Device, device with { Online = online }));

        Say(online: false);
        alert.FindAll("[data-testid=device-alert]").ShouldBeEmpty();
        alert.Find("[data-testid=device-alert-arrived] [data-testid=offline-note]").TextContent.ShouldContain("nano is not connected");

        Say(online: true);
        alert.FindAll("[role=alert]").ShouldBeEmpty();
    }

    [Fact]
    public void Alert_OfADeviceThatWasOfflineAndConnects_KeepsItsPlaceUntilItIsClosed()
    {
        var device = Connect("nano", online: false);
        var alert = Render<DeviceAlert>(p => p.Add(a => a.Device, device).Add(a => a.Connection, true));
        alert.Find("[data-testid=device-alert] [data-testid=offline-note]").TextContent.ShouldContain("not connected");

        alert.Render(p => p.Add(a => a.Device, device with { Online = true }));
        alert.Find("[data-testid=device-alert] [data-testid=offline-note]").TextContent.ShouldContain("connected again");

        alert.Find("[data-testid=alert-close]").Click();
        alert.FindAll("[role=alert]").ShouldBeEmpty();
    }

    [Fact]
    public void Alert_WhereThePageDoesNotSpeakOfTheConnection_SaysNothing()
    {
        var alert = Render<DeviceAlert>(p => p.Add(a => a.Device, Connect("nano", online: false)));

        alert.FindAll("[role=alert]").ShouldBeEmpty();
    }

    private static DriftWarning Of(DriftKind kind, double measured = 960) => new()
    {
        Kind = kind,
        Model = "resnet18",
        Since = Since,
        Unit = kind == DriftKind.Energy ? "mJ" : "ms",
        Measured = measured,
        Windows = 3,
        Predicted = 320,
        Low = 300,
        High = 340,
        ErrorPercent = 200,
        Provenance = kind == DriftKind.Energy ? "measured:ina219" : null,
    };
}
