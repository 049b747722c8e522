using Bunit;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Shared;

namespace EnergyManager.Tests.Web.Components;

public sealed class DriftNoticesTests : DashboardContext
{
    private static readonly DateTimeOffset Since = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private readonly DriftNotices _notices = new();

    [Fact]
    public void Update_AnotherDevice_AllStandInThePage()
    {
        _notices.Update("nano", [Of(DriftKind.Energy)]);
        _notices.Update("pi", [Of(DriftKind.Latency), Of(DriftKind.Energy)]);

        _notices.Standing.Select(notice => notice.Warning.Kind).ShouldBe([DriftKind.Latency, DriftKind.Energy]);
        _notices.Arrived.ShouldBeEmpty();
    }

    [Fact]
    public void Update_AWarningThatComesLater_LiesOverThePageUntilItIsNoted()
    {
        _notices.Update("nano", [Of(DriftKind.Energy)]);
        _notices.Update("nano", [Of(DriftKind.Energy), Of(DriftKind.Latency)]);

        _notices.Standing.ShouldHaveSingleItem().Warning.Kind.ShouldBe(DriftKind.Energy);
        var arrived = _notices.Arrived.ShouldHaveSingleItem();

        _notices.Note(arrived);

        _notices.Standing.Count().ShouldBe(2);
        _notices.Arrived.ShouldBeEmpty();
    }

    [Fact]
    public void Update_OneThatEnds_KeepsItsPlaceWithItsLastFiguresUntilItIsClosed()
    {
        _notices.Update("nano", [Of(DriftKind.Energy, measured: 900)]);
        _notices.Update("nano", []);

        var over = _notices.Standing.ShouldHaveSingleItem();
        over.Over.ShouldBeTrue();
        over.Warning.Measured.ShouldBe(900);

        _notices.Close(over);
        _notices.Standing.ShouldBeEmpty();
    }

    [Fact]
    public void Update_OneThatComesAgainBeforeItWasClosed_IsOverNoLonger()
    {
        _notices.Update("nano", [Of(DriftKind.Energy, measured: 900)]);
        _notices.Update("nano", []);
        _notices.Update("nano", [Of(DriftKind.Energy, measured: 700)]);

        _notices.Standing.ShouldHaveSingleItem().ShouldBe(new DriftNotice(Of(DriftKind.Energy, measured: 700)));
    }

    [Fact]
    public void Update_OneThatEndsBeforeItWasNoted_IsGone()
    {
        _notices.Update("nano", []);
        _notices.Update("nano", [Of(DriftKind.Latency)]);
        _notices.Update("nano", []);

        _notices.Standing.Concat(_notices.Arrived).ShouldBeEmpty();
    }

    [Fact]
    public void Alert_OneThatArrivesEndsAndIsClosed_AsTheVisitorSeesIt()
    {
        var device = Connect("nano", powerSensor: true, model: "resnet18");
        var alert = Render<DriftAlert>(p => p.Add(a => a.Device, device));
        void Say(params DriftWarning[] warnings) => alert.Render(p => p.Add(a => a.Device, device with { Warnings = warnings }));

        Say(Of(DriftKind.Energy));
        alert.FindAll("[data-testid=drift-alert]").ShouldBeEmpty();
        alert.Find("[data-testid=drift-arrived]").TextContent.ShouldContain("200.0 % more");

        alert.Find("[data-testid=drift-note]").Click();
        alert.FindAll("[data-testid=drift-arrived]").ShouldBeEmpty();
        alert.Find("[data-testid=drift-alert]").TextContent.ShouldContain("run a device benchmark");

        Say();
        alert.Find("[data-testid=drift-alert]").TextContent.ShouldContain("This has ended");

        alert.Find("[data-testid=drift-close]").Click();
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
