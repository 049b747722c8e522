using Bunit;
using EnergyManager.Core.Accounting;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Units;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Components.Shared;

namespace EnergyManager.Tests.Web.Components;

/// <summary>What closes the loop on the pages: measured beside predicted, the warning, the benchmark button.</summary>
public sealed class MeasuredPartsTests : DashboardContext
{
    [Fact]
    public void Alert_DeviceThatDrifts_SaysWhoWhatHowMuchAndWhatToDo()
    {
        var device = Connect("nano", powerSensor: true, model: "resnet18") with { Warnings = [Warning()] };

        var alert = Render<DeviceAlert>(p => p.Add(a => a.Device, device)).Find("[role=alert]");

        alert.TextContent.ShouldContain("Energy drift: 200.0 % more");
        alert.TextContent.ShouldContain("resnet18 on name-of-nano: measured 960 mJ an inference over 3 minutes, predicted 320 mJ (90 %: 300 to 340 mJ).");
        alert.TextContent.ShouldContain("run a device benchmark");
    }

    [Fact]
    public void Alert_NoDrift_IsNotThere() =>
        Render<DeviceAlert>(p => p.Add(a => a.Device, Connect("nano"))).FindAll("[role=alert]").ShouldBeEmpty();

    [Fact]
    public void Measured_InsideAndOutside_AreToldApart()
    {
        var device = Connect("nano", powerSensor: true, model: "resnet18");
        MeasuredEnergies.Views["nano"] = View(Compared() with { EnergyErrorPercent = 200, EnergyInside = false, LatencyErrorPercent = -3, LatencyInside = true });

        var part = Part(device);

        part.WaitForAssertion(() => part.Find("[data-testid=energy-error]").TextContent.ShouldBe("⚠ +200.0 %"));
        part.Find("[data-testid=energy-error]").GetAttribute("title").ShouldBe("outside the interval");
        part.Find("[data-testid=latency-error]").TextContent.ShouldBe("-3.0 %");
        part.Markup.ShouldContain("measured · ina219", Case.Insensitive);
    }

    [Fact]
    public void Measured_NoSensor_SaysSoAndShowsNoEnergy()
    {
        var device = Connect("nano", model: "resnet18");
        var measured = Compared().Measured! with { EnergyPerInferenceMj = null, EnergyMwh = null, Basis = null, Provenance = "unavailable", Scope = null };
        MeasuredEnergies.Views["nano"] = View(Compared() with { Measured = measured, EnergyComparison = EnergyComparison.NoPowerSensor, LatencyErrorPercent = 1, LatencyInside = true });

        var part = Part(device);

        part.WaitForAssertion(() => part.Markup.ShouldContain("No power sensor: no measured energy."));
        part.FindAll("tbody tr")[0].QuerySelectorAll("td")[0].TextContent.ShouldBe("–");
    }

    [Fact]
    public void Measured_EveryComparison_IsExplained()
    {
        foreach (var comparison in Enum.GetValues<EnergyComparison>())
        {
            var device = Connect($"d-{comparison}", model: "resnet18");
            MeasuredEnergies.Views[device.DeviceId] = View(Compared() with { EnergyComparison = comparison });
            var part = Part(device);
            part.WaitForAssertion(() => part.FindAll("p.em-hint span").Count.ShouldBeGreaterThan(1, comparison.ToString()));
        }
    }

    [Fact]
    public void Benchmark_StartedFollowedAndCancelled_ShowsEachStep()
    {
        var device = Connect("nano", powerSensor: true, model: "resnet18");
        var part = Render<BenchmarkPart>(p => p.Add(b => b.Device, device));

        part.Find("[data-testid=benchmark-quick]").Click();
        part.WaitForAssertion(() => part.Find("[data-testid=benchmark-phase]").TextContent.ShouldContain("Asking the device"));
        foreach (var phase in new[] { "preparing", "idle", "loaded", "warm_up", "active", "idle_after", "restoring" })
        {
            Benchmarks.Report("nano", Report(BenchmarkState.Running) with { Phase = phase });
            part.WaitForAssertion(() => part.Find("[data-testid=benchmark-phase]").TextContent.ShouldNotContain("Bench_Phase"));
        }

        part.Find("[data-testid=benchmark-cancel]").Click();
        Benchmarks.Cancelled.ShouldBe(["b1"]);
        Benchmarks.Report("nano", Report(BenchmarkState.Cancelled) with { Reason = "It was cancelled from the server." });
        part.WaitForAssertion(() => part.Find("[data-testid=benchmark-result]").TextContent.ShouldContain("It was cancelled from the server."));
    }

    [Fact]
    public void Benchmark_Completed_ShowsTheFigures()
    {
        var device = Connect("nano", powerSensor: true, model: "resnet18");
        Benchmarks.Report("nano", Report(BenchmarkState.Completed) with
        {
            Latency = new BenchmarkLatency(46, 45, 50),
            Energies = [new BenchmarkEnergy(EnergyBasis.Gross, 320, 4, 100, 15, 1500, Provenance.Measured("ina219"))],
        });

        var result = Render<BenchmarkPart>(p => p.Add(b => b.Device, device)).Find("[data-testid=benchmark-result]").TextContent;

        result.ShouldContain("45.0 ms");
        result.ShouldContain("320 mJ ± 4.00");
    }

    [Theory]
    [InlineData(false, "resnet18", "not connected")]
    [InlineData(true, null, "no model to measure")]
    public void Benchmark_CannotBegin_SaysWhy(bool online, string? model, string why)
    {
        var part = Render<BenchmarkPart>(p => p.Add(b => b.Device, Connect("nano", online: online, model: model)));

        part.Find("[data-testid=benchmark-hindrance]").TextContent.ShouldContain(why);
        part.Find("[data-testid=benchmark-quick]").HasAttribute("disabled").ShouldBeTrue();
    }

    private IRenderedComponent<MeasuredPart> Part(EnergyManager.Web.Fleet.DeviceView device) => Render<MeasuredPart>(p => p.Add(m => m.Device, device));

    private static BenchmarkReport Report(BenchmarkState state) => new() { BenchmarkId = "b1", State = state, Model = "resnet18", StartedAt = DateTimeOffset.UnixEpoch };

    private static DriftWarning Warning() => new()
    {
        Kind = DriftKind.Energy,
        Model = "resnet18",
        Since = DateTimeOffset.UnixEpoch,
        Unit = "mJ",
        Measured = 960,
        Windows = 3,
        Predicted = 320,
        Low = 300,
        High = 340,
        ErrorPercent = 200,
        Provenance = "measured:ina219",
    };

    private static DeviceEnergyView View(ModelEnergy model) => new() { DeviceId = "nano", DeviceType = "jetson-nano", Models = [model], Warnings = [] };

    private static ModelEnergy Compared() => new()
    {
        Model = "resnet18",
        Running = true,
        Predicted = new PredictedFigures
        {
            EnergyPerInferenceMj = 320,
            EnergyIntervalMj = [300, 340],
            EnergyMwh = 44,
            LatencyMs = 45,
            LatencyIntervalMs = [40, 50],
            Mode = "calibrated",
            Borrowed = false,
        },
        Measured = new MeasuredFigures
        {
            From = DateTimeOffset.UnixEpoch,
            To = DateTimeOffset.UnixEpoch.AddMinutes(3),
            Windows = 3,
            Inferences = 900,
            LatencyMs = 44,
            EnergyPerInferenceMj = 960,
            EnergyMwh = 133,
            Basis = "back_to_back",
            Provenance = "measured:ina219",
            Scope = "whole_board",
        },
        EnergyComparison = EnergyComparison.Compared,
    };
}
