using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Recommendation;

public sealed class ModelCatalogTests
{
    private static readonly BenchmarkRow Row = new()
    {
        Model = "net",
        Architecture = "net",
        Family = "net",
        ParamsM = 5,
        Gmacs = 0.4,
        SizeMb = 20,
        InputWidth = 224,
        InputHeight = 224,
        Inferences = 300,
        RunDurationS = 15,
        RunEnergyMwh = 21,
    };

    [Fact]
    public void Of_KnownCountAtBatchOne_GivesTheStandardRunFromTheBenchmark()
    {
        var entry = Catalog(Row).Single();

        entry.StandardRunEnergy.ShouldNotBeNull().MilliwattHours.ShouldBe(35, 1e-9);
        entry.EnergyPerInference.ShouldNotBeNull().Millijoules.ShouldBe(252, 1e-9);
        entry.LatencyS.ShouldBe(0.05);
        entry.ThroughputPerS.ShouldBe(20);
        entry.AveragePower.ShouldNotBeNull().Watts.ShouldBe(5.04, 1e-9);
        entry.Gflops.ShouldBe(0.8);
        entry.Provenance.ShouldBe(Provenance.Benchmark);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(null, null)]
    [InlineData(300, 4)]
    public void Of_CountUnknownOrBatched_HasNoEnergyAndSaysSo(int? inferences, int? batch)
    {
        var entry = Catalog(Row with { Inferences = inferences, Batch = batch }).Single();

        entry.StandardRunEnergy.ShouldBeNull();
        entry.LatencyS.ShouldBeNull();
        entry.Provenance.ShouldBe(Provenance.Unavailable);
    }

    [Fact]
    public void Of_ModelMeasuredTwice_PrefersTheRowThatShowsTheStandardRun() =>
        Catalog(Row with { Inferences = null, RunDurationS = 900 }, Row).Single().StandardRunEnergy.ShouldNotBeNull();

    [Fact]
    public void WithPrediction_NoBenchmarkEnergy_TakesThePredictionAndItsProvenance()
    {
        var entry = Catalog(Row with { Inferences = null }).Single().WithPrediction(Prediction(StandardRun.Inferences));

        entry.StandardRunEnergy.ShouldBe(Energy.FromMilliwattHours(40));
        entry.Provenance.ShouldBe(Provenance.Predicted);
        entry.LatencyS.ShouldBe(0.06);
    }

    [Fact]
    public void WithPrediction_BenchmarkEnergy_KeepsIt()
    {
        var entry = Catalog(Row).Single();

        entry.WithPrediction(Prediction(StandardRun.Inferences)).ShouldBe(entry);
    }

    [Fact]
    public void WithPrediction_OfAnotherRun_IsRefused() =>
        Should.Throw<ArgumentException>(() => Catalog(Row with { Inferences = null }).Single().WithPrediction(Prediction(100)));

    [Theory]
    [InlineData("jetson-nano")]
    [InlineData("raspberry-pi-5")]
    public void Of_ShippedTable_HasEachModelOnceAndPlausibleEnergies(string device)
    {
        var table = BenchmarkCatalog.Load(DeviceTypes.All.Single(d => d.Id == device));

        var entries = ModelCatalog.Of(table);

        entries.Select(e => e.Model).ShouldBeUnique();
        entries.Select(e => e.Model).ShouldBe(table.Rows.Select(r => ModelName.Parse(r.Model).LibraryName).Distinct(StringComparer.Ordinal), ignoreOrder: true);
        entries.ShouldAllBe(e => ArtifactNames.Problem(e.Model + ".onnx") == null, "every model of the library can be stored under its name");
        entries.Count(e => e.Top1 is not null).ShouldBeGreaterThan(entries.Count / 2);
        entries.ShouldAllBe(e => e.StandardRunEnergy == null || e.StandardRunEnergy.Value.MilliwattHours > 1 && e.StandardRunEnergy.Value.MilliwattHours < 2000);
    }

    private static IReadOnlyList<ModelCatalogEntry> Catalog(params BenchmarkRow[] rows) =>
        ModelCatalog.Of(new BenchmarkTable(DeviceTypes.JetsonNano, rows, "00"));

    private static EnergyPrediction Prediction(int inferences) => new()
    {
        Device = new DeviceTypeResolution(DeviceTypes.JetsonNano, "jetson-nano", null),
        RunEnergy = Energy.FromMilliwattHours(40),
        Interval90 = new EnergyInterval(Energy.FromMilliwattHours(30), Energy.FromMilliwattHours(50), 0.9),
        Uncertainty = new PredictionUncertainty(0.1, 0, 0.18, 0.22),
        Interval95 = new EnergyInterval(Energy.FromMilliwattHours(25), Energy.FromMilliwattHours(60), 0.95),
        AveragePower = Power.FromWatts(4.8),
        LatencyS = 0.06,
        Inferences = inferences,
        Category = EnergyCategory.Good,
        FeaturesUsed = [],
        Contributions = [],
        Mode = PredictionMode.Static,
        OutOfDistribution = new OutOfDistribution(0, false, null),
        ModelR2 = 0.9,
    };
}
