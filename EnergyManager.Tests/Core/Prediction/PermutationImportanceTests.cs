using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Validation;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class PermutationImportanceTests
{
    private static readonly EvaluationOptions Quick = new() { Training = TrainedModels.QuickOptions, Grouping = FoldGrouping.Architecture, Folds = 3, Repeats = 1 };

    [Theory]
    [InlineData(PredictionMode.MeasuredLatency)]
    [InlineData(PredictionMode.Static)]
    public void Measure_ShippedTable_RanksEveryFeature(PredictionMode mode)
    {
        var importances = PermutationImportance.Measure(TrainedModels.JetsonTable, Quick with { Mode = mode }, CancellationToken.None);

        var features = mode == PredictionMode.Static ? FeatureSet.Static : FeatureSet.Measured;
        importances.Select(i => i.Feature).ShouldBe(features.Names, ignoreOrder: true);
        importances.Select(i => i.ErrorIncrease).ShouldBeInOrder(SortDirection.Descending);
        importances[0].ErrorIncrease.ShouldBeGreaterThan(0.01);
        importances[0].ErrorIncrease.ShouldBeGreaterThan(3 * importances[0].Spread);
    }

    [Fact]
    public void Measure_PowerThatFollowsThePrecisionAlone_FindsIt()
    {
        // Every row draws 3 W, those in fp16 or int8 twice as much: nothing but what tells the precision can help.
        var table = TrainedModels.JetsonTable;
        var rows = table.Rows.Select(row => row with
        {
            RunEnergyMwh = row.RunDurationS * (row.Precision == EnergyManager.Core.Benchmarks.Precision.Fp32 ? 3 : 6) / 3.6,
        });

        var importances = PermutationImportance.Measure(table with { Rows = [.. rows] }, Quick, CancellationToken.None);

        string[] tellPrecision = ["precision_bits", "log_bytes_per_param"];
        tellPrecision.ShouldContain(importances[0].Feature);
        importances.Where(i => !tellPrecision.Contains(i.Feature)).Max(i => i.ErrorIncrease).ShouldBeLessThan(importances[0].ErrorIncrease);
    }

    [Fact]
    public void Measure_AnyNumberOfThreads_IsTheSame()
    {
        var one = Quick with { Training = Quick.Training with { Boosting = Quick.Training.Boosting with { MaxThreads = 1 } } };
        var two = Quick with { Training = Quick.Training with { Boosting = Quick.Training.Boosting with { MaxThreads = 2 } } };

        PermutationImportance.Measure(TrainedModels.PiTable, one, CancellationToken.None)
            .ShouldBe(PermutationImportance.Measure(TrainedModels.PiTable, two, CancellationToken.None));
    }

    [Fact]
    public void Measure_FewerGroupsThanFolds_IsRefused()
    {
        var rows = TrainedModels.PiTable.Rows.Select(row => row with { Architecture = "one" });

        Should.Throw<TrainingRefusedException>(
            () => PermutationImportance.Measure(TrainedModels.PiTable with { Rows = [.. rows] }, Quick, CancellationToken.None));
    }
}
