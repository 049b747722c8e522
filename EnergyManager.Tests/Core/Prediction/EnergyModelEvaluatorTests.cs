using System.Text.Json;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Validation;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class EnergyModelEvaluatorTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    private static readonly EvaluationOptions Quick = new() { Training = TrainedModels.QuickOptions, Folds = 4, Repeats = 1 };

    [Theory]
    [InlineData(FoldGrouping.Architecture)]
    [InlineData(FoldGrouping.Family)]
    public void Assign_Grouped_KeepsGroupsTogetherAndFillsEveryFold(FoldGrouping grouping)
    {
        var rows = TrainedModels.JetsonTable.Rows;
        string Key(BenchmarkRow row) => grouping == FoldGrouping.Family ? row.Family : row.Architecture;

        var folds = Folds.Assign(rows, grouping, 5, seed: 1);

        Enumerable.Range(0, rows.Count).GroupBy(i => Key(rows[i])).ShouldAllBe(group => group.Select(i => folds[i]).Distinct().Count() == 1);
        folds.CountBy(f => f).ShouldAllBe(fold => fold.Value >= rows.Count / 5 * 0.5 && fold.Value <= rows.Count / 5 * 1.8);
    }

    [Fact]
    public void Assign_SameSeed_SameFoldsAndAnotherSeedOthers()
    {
        var rows = TrainedModels.PiTable.Rows;

        Folds.Assign(rows, FoldGrouping.Random, 5, 1).ShouldBe(Folds.Assign(rows, FoldGrouping.Random, 5, 1));
        Folds.Assign(rows, FoldGrouping.Random, 5, 1).ShouldNotBe(Folds.Assign(rows, FoldGrouping.Random, 5, 2));
    }

    [Fact]
    public void CrossValidate_Setups_AreEasierKnownThanNewAndHardestNeverMeasured()
    {
        EvaluationResult Result(EvaluationOptions options) => EnergyModelEvaluator.CrossValidate(TrainedModels.PiTable, options, CancellationToken.None);

        var known = Result(Quick);
        var unknown = Result(Quick with { KnowsCampaign = false });
        var never = Result(Quick with { Grouping = FoldGrouping.Campaign });

        known.Mape.ShouldBeLessThan(unknown.Mape);
        unknown.Mape.ShouldBeLessThan(never.Mape);
        never.Rows.ShouldBe(TrainedModels.PiTable.Rows.Count);
    }

    [Fact]
    public void Figures_KnownPairs_MatchHandComputedErrors()
    {
        // Relative errors 10 %, 50 %, 0 %; mean of the truth 200; squared errors 100 + 10000 + 0, variance 10000 + 0 + 10000.
        var meter = new AccuracyMeter();
        meter.Add(100, 110);
        meter.Add(200, 100);
        meter.Add(300, 300);

        var figures = meter.Figures();

        figures.Mape.ShouldBe(0.2, 1e-12);
        figures.MedianApe.ShouldBe(0.1, 1e-12);
        figures.MaeMwh.ShouldBe(110 / 3.0, 1e-12);
        figures.R2.ShouldBe(1 - 10100 / 20000.0, 1e-12);
        figures.Within10.ShouldBe(2 / 3.0, 1e-12);
    }

    [Theory]
    [InlineData("jetson-nano", PredictionMode.MeasuredLatency)]
    [InlineData("jetson-nano", PredictionMode.Static)]
    [InlineData("raspberry-pi-5", PredictionMode.MeasuredLatency)]
    public void CrossValidate_ShippedTable_BeatsBothBaselinesAndCovers(string device, PredictionMode mode)
    {
        var table = device == "jetson-nano" ? TrainedModels.JetsonTable : TrainedModels.PiTable;

        var result = EnergyModelEvaluator.CrossValidate(
            table, Quick with { Grouping = FoldGrouping.Architecture, Mode = mode }, CancellationToken.None);

        result.Device.ShouldBe(device);
        result.Mape.ShouldBeLessThan(0.8 * result.BaselineMacs.Mape);
        if (mode == PredictionMode.MeasuredLatency)
            result.Mape.ShouldBeLessThan(0.8 * result.BaselineConstantPower.Mape);
        result.Coverage90.ShouldBeInRange(0.84, 0.96);
        result.Coverage95.ShouldBeInRange(0.91, 0.99);
        result.MeanIntervalRatio.ShouldBeInRange(1.05, 4);
    }

    [Fact]
    public void CrossValidate_FewerGroupsThanFolds_IsRefused()
    {
        var rows = TrainedModels.PiTable.Rows.Select(r => r with { Family = "one" });

        Should.Throw<TrainingRefusedException>(() => EnergyModelEvaluator.CrossValidate(
            TrainedModels.PiTable with { Rows = [.. rows] }, Quick with { Grouping = FoldGrouping.Family }, CancellationToken.None));
    }

    [Fact]
    public void CrossValidate_TableWithoutCounts_StillPredictsPower()
    {
        var rows = TrainedModels.PiTable.Rows.Select(r => r with { Inferences = null, LikelyInferences = null });

        var result = EnergyModelEvaluator.CrossValidate(TrainedModels.PiTable with { Rows = [.. rows] }, Quick, CancellationToken.None);

        result.Mape.ShouldBeLessThan(0.2);
    }

    [Fact]
    public void EvaluateAgainst_RowsThatStateNoCount_ArePredictedFromTheirDuration()
    {
        var rows = TrainedModels.JetsonTable.Rows.Where(r => r.Inferences is not null)
            .Select(r => r with { Inferences = null, LikelyInferences = null, Batch = null }).ToArray();

        var result = EnergyModelEvaluator.EvaluateAgainst(models.Predictor.Model("jetson-nano"), TrainedModels.JetsonTable, rows);

        rows.Length.ShouldBeGreaterThan(100);
        result.Mape.ShouldBeLessThan(0.75 * result.BaselineConstantPower.Mape);
    }

    [Fact]
    public void EvaluateAgainst_OtherEnergies_ChangesTheErrorsAndNotThePredictions()
    {
        var model = models.Predictor.Model("jetson-nano");
        var rows = TrainedModels.JetsonTable.Rows.Take(40).ToArray();
        var doubled = rows.Select(r => r with { RunEnergyMwh = 2 * r.RunEnergyMwh }).ToArray();

        var result = EnergyModelEvaluator.EvaluateAgainst(model, TrainedModels.JetsonTable, rows);
        var against = EnergyModelEvaluator.EvaluateAgainst(model, TrainedModels.JetsonTable, doubled);

        result.Rows.ShouldBe(40);
        result.Mape.ShouldBeLessThan(0.2);
        against.Mape.ShouldBeInRange(0.4, 0.6);
        against.MeanIntervalRatio.ShouldBe(result.MeanIntervalRatio, 1e-12);
    }

    [Fact]
    public void ToJson_Result_HasTheFieldsOfTheContractAndTheOtherCoverage()
    {
        var result = EnergyModelEvaluator.EvaluateAgainst(
            models.Predictor.Model("rpi5"), TrainedModels.PiTable, TrainedModels.PiTable.Rows);

        using var json = JsonDocument.Parse(result.ToJson());

        json.RootElement.EnumerateObject().Select(p => p.Name).ShouldBe(
        [
            "device", "rows", "mape", "median_ape", "r2", "mae_mwh", "within10", "coverage90", "mean_interval_ratio",
            "baseline_macs", "baseline_constant_power", "coverage95",
        ]);
        json.RootElement.GetProperty("baseline_macs").EnumerateObject().Select(p => p.Name)
            .ShouldBe(["mape", "median_ape", "r2", "mae_mwh", "within10"]);
    }
}
