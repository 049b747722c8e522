using EnergyManager.Core.Deployment;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using EnergyManager.Web.Components.Layout;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Components;

public sealed class PanelLogicTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void EnergyWindows_OfSamplesInOneWindow_WeighsThemByInferences()
    {
        var windows = new EnergyWindows(TimeSpan.FromSeconds(10), 6);
        windows.Add(Sample(0, 1, 720));
        windows.Add(Sample(1, 3, 360));

        var window = windows.Windows.ShouldHaveSingleItem();
        window.Inferences.ShouldBe(4);
        window.StandardRunMwh.ShouldBe(((1 * 100) + (3 * 50)) / 4.0, 1e-9);
        window.Provenance.ShouldBe("measured:ina219");
    }

    [Fact]
    public void EnergyWindows_OverCapacity_KeepsTheNewest()
    {
        var windows = new EnergyWindows(TimeSpan.FromSeconds(10), 6);
        for (var i = 0; i < 10; i++)
            windows.Add(Sample(i * 10, 1, 720 + i));

        windows.Windows.Count.ShouldBe(6);
        windows.Windows[0].Start.ShouldBe(Start.AddSeconds(90));
    }

    [Fact]
    public void EnergyWindows_OfUnmeasuredOrIdleSamples_StaysEmpty()
    {
        var windows = new EnergyWindows(TimeSpan.FromSeconds(10), 6);
        windows.Add(Sample(0, 5, 720) with { Power = null });
        windows.Add(Sample(1, 0, null));
        windows.Add(Sample(2, 5, 720) with { Power = new PowerWindow(4, 3, 5, 4, 100, Provenance.Predicted) });

        windows.Latest.ShouldBeNull();
        windows.MeanMwh.ShouldBeNull();
    }

    [Fact]
    public void EnergyWindows_WhenTheModelChanges_BeginsANewWindowAndAveragesOnlyThatModel()
    {
        var windows = new EnergyWindows(TimeSpan.FromSeconds(10), 6);
        windows.Add(Sample(0, 1, 720));
        windows.Add(Sample(1, 1, 360) with { Inference = new InferenceWindow("other", null, 1, 0, 5, 6, 360) });

        windows.Windows.Count.ShouldBe(2);
        windows.MeanMwh!.Value.ShouldBe(50, 1e-9);
    }

    [Theory]
    [InlineData(null, 100.0, BudgetVerdict.Unknown)]
    [InlineData(null, null, BudgetVerdict.Unknown)]
    [InlineData(50.0, null, BudgetVerdict.NoBudget)]
    [InlineData(100.0, 100.0, BudgetVerdict.Within)]
    [InlineData(100.1, 100.0, BudgetVerdict.Over)]
    public void BudgetCheck_OfEnergyAndBudget_Judges(double? energy, double? budget, BudgetVerdict expected) =>
        BudgetCheck.Judge(energy, budget).ShouldBe(expected);

    [Fact]
    public void LibraryView_SortedEitherWay_PutsMissingFiguresLast()
    {
        ModelView[] models = [Model("none", null), Model("dear", 90), Model("cheap", 10)];

        Names(LibraryView.Apply(models, "", LibraryFilter.All, LibrarySort.Energy, descending: false)).ShouldBe(["cheap", "dear", "none"]);
        Names(LibraryView.Apply(models, "", LibraryFilter.All, LibrarySort.Energy, descending: true)).ShouldBe(["dear", "cheap", "none"]);
    }

    [Theory]
    [InlineData(LibraryFilter.All, "", 4)]
    [InlineData(LibraryFilter.Under50, "", 2)]
    [InlineData(LibraryFilter.Under30, "", 1)]
    [InlineData(LibraryFilter.All, "NET mobile", 1)]
    [InlineData(LibraryFilter.All, "absent", 0)]
    public void LibraryView_FilteredAndSearched_KeepsWhatMatches(LibraryFilter filter, string search, int expected) =>
        LibraryView.Apply(
            [
                Model("mobilenet", 29.9) with { SizeMb = 29.9 },
                Model("resnet", 49.9) with { SizeMb = 46.8 },
                Model("vit", 50) with { SizeMb = 30 },
                Model("unknown", null) with { SizeMb = null },
            ],
            search, filter, LibrarySort.Model, false).Count.ShouldBe(expected);

    [Fact]
    public void DeploymentLog_OfAnOlderView_KeepsTheNewer()
    {
        var log = new DeploymentLog(100);
        log.Take(View("d1", 0, DeploymentState.Requested, DeploymentState.Offered, DeploymentState.Loading));
        log.Take(View("d1", 0, DeploymentState.Requested));

        log.Lines.Select(line => line.State).ShouldBe([DeploymentState.Requested, DeploymentState.Offered, DeploymentState.Loading]);
        log.Newest!.DeploymentId.ShouldBe("d1");
    }

    [Fact]
    public void DeploymentLog_OverCapacity_KeepsTheNewestLines()
    {
        var log = new DeploymentLog(3);
        for (var i = 0; i < 5; i++)
            log.Take(View($"d{i}", i * 10, DeploymentState.Requested, DeploymentState.Failed));

        log.Lines.Count.ShouldBe(3);
        log.Lines[^1].Key.ShouldBe("d4/1");
        log.Newest!.DeploymentId.ShouldBe("d4");
    }

    [Fact]
    public void PredictorForm_WithoutFigures_NamesWhatIsMissing()
    {
        var form = new PredictorForm { ParamsM = 1.2, SizeMb = -1 };

        form.Missing.ShouldBe(["gmacs", "size_mb"]);
        form.ToRequest(null).ShouldBeNull();
    }

    [Fact]
    public void PredictorForm_FromAModel_TurnsFlopsAndSecondsIntoItsUnits()
    {
        var form = PredictorForm.From(Model("m", 10) with { ParamsM = 1.2345678, Gflops = 0.7, SizeMb = 5, LatencyAvgS = 0.0215 });

        form.ParamsM.ShouldBe(1.2346);
        form.Gmacs.ShouldBe(0.35);
        form.LatencyMs.ShouldBe(21.5);
        form.ToRequest("jetson-nano")!.LatencyS!.Value.ShouldBe(0.0215, 1e-12);
    }

    [Fact]
    public void PredictorForm_FromAModel_KeepsWhatTheFormDoesNotAskFor()
    {
        var request = PredictorForm.From(Model("m", 10) with { ParamsM = 1, Gmacs = 1, SizeMb = 1, ActivationsM = 2.6, InputWidth = 288, Precision = "int8" }).ToRequest(null)!;

        request.ActivationsM.ShouldBe(2.6);
        request.InputWidth.ShouldBe(288);
        request.Precision.ShouldBe(EnergyManager.Core.Benchmarks.Precision.Int8);
    }

    [Fact]
    public void PredictorForm_FromAPredictedModel_DoesNotPassItsLatencyForAMeasurement() =>
        PredictorForm.From(Model("m", 10) with { LatencyAvgS = 0.02, Provenance = "predicted" }).LatencyMs.ShouldBeNull();

    [Theory]
    [InlineData("system.dark", ThemeMode.System, true)]
    [InlineData("light.light", ThemeMode.Light, false)]
    [InlineData("dark.dark", ThemeMode.Dark, true)]
    [InlineData("light.dark", ThemeMode.System, false)]
    [InlineData("<script>", ThemeMode.System, false)]
    [InlineData(null, ThemeMode.System, false)]
    public void ThemePreference_OfACookie_IsReadOrTheDefault(string? cookie, ThemeMode mode, bool dark) =>
        ThemePreference.Parse(cookie).ShouldBe(new ThemePreference(mode, dark));

    [Fact]
    public void ThemePreference_Formatted_IsReadBack()
    {
        foreach (var preference in new[] { new ThemePreference(ThemeMode.System, true), new(ThemeMode.System, false), new(ThemeMode.Light, false), new(ThemeMode.Dark, true) })
            ThemePreference.Parse(preference.Format()).ShouldBe(preference);
    }

    private static TelemetrySample Sample(double second, int count, double? millijoules) => new()
    {
        BootId = Guid.Empty,
        Sequence = 1,
        Time = Start.AddSeconds(second),
        DurationS = 1,
        Power = new PowerWindow(4, 3, 5, 4, 100, Provenance.Measured("ina219")),
        Inference = new InferenceWindow("m", null, count, 0, 5, 6, millijoules),
    };

    private static ModelView Model(string name, double? energy) => new() { Model = name, EnergyMwh = energy, Provenance = "benchmark", Available = false };

    private static IEnumerable<string> Names(IReadOnlyList<ModelView> models) => models.Select(model => model.Model);

    private static DeploymentView View(string id, double second, params DeploymentState[] states) => new()
    {
        DeploymentId = id,
        DeviceId = "device",
        Model = "m",
        State = states[^1],
        RequestedAt = Start.AddSeconds(second),
        History = [.. states.Select((state, index) => new DeploymentStep(Start.AddSeconds(second + index), state, null))],
    };
}
