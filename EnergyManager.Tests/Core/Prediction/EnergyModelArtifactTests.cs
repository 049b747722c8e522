using System.Text;
using System.Text.Json.Nodes;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class EnergyModelArtifactTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    [Fact]
    public void Read_WhatWasWritten_PredictsTheSameToTheLastBit()
    {
        var restored = ArtifactJson.Read(ArtifactJson.Write(models.Jetson));

        restored.Version.ShouldBe(models.Jetson.Version);
        restored.Forests.Power.Nodes.ToArray().ShouldBe(models.Jetson.Forests.Power.Nodes.ToArray());
        foreach (var row in TrainedModels.JetsonTable.Rows.Take(50))
        {
            var figures = ModelFigures.Of(row);
            new DeviceEnergyModel(restored).Estimate(figures).ShouldBe(new DeviceEnergyModel(models.Jetson).Estimate(figures));
            var notRun = figures with { LatencyS = double.NaN, RunDurationS = double.NaN };
            new DeviceEnergyModel(restored).Estimate(notRun).ShouldBe(new DeviceEnergyModel(models.Jetson).Estimate(notRun));
        }
    }

    [Fact]
    public void Train_SameTableAndOptions_GivesTheSameContentOnOneThreadOrMany()
    {
        var options = TrainedModels.QuickOptions;
        EnergyModelArtifact Train(int threads) => new EnergyModelTrainer(TimeProvider.System).Train(
            TrainedModels.PiTable, options with { Boosting = options.Boosting with { MaxThreads = threads } }, CancellationToken.None);

        var one = ArtifactJson.Write(Train(1) with { TrainingSeconds = 0 });
        var many = ArtifactJson.Write(Train(6) with { TrainingSeconds = 0 });

        many.ShouldBe(one);
    }

    [Theory]
    [InlineData("schema", "99")]
    [InlineData("measured_features", "[\"one\"]")]
    [InlineData("quartiles_mwh", "[3,2,1]")]
    [InlineData("rows", "\"many\"")]
    [InlineData("forests", "null")]
    public void Read_OtherSchemaOrDamagedPart_IsRefused(string property, string value)
    {
        var json = JsonNode.Parse(ArtifactJson.Write(models.Pi))!;
        json[property] = JsonNode.Parse(value);

        Should.Throw<InvalidDataException>(() => ArtifactJson.Read(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    [Fact]
    public void Read_Truncated_IsRefused()
    {
        var json = ArtifactJson.Write(models.Pi);

        Should.Throw<InvalidDataException>(() => ArtifactJson.Read(json.AsSpan(0, json.Length / 2)));
    }

    [Fact]
    public void Train_TooFewRows_IsRefused()
    {
        var small = TrainedModels.PiTable with { Rows = [.. TrainedModels.PiTable.Rows.Take(5)] };

        Should.Throw<TrainingRefusedException>(() => Train(small)).Message.ShouldContain("5 rows");
    }

    [Fact]
    public void Train_RowWithoutEnergy_NamesRowAndField()
    {
        var rows = TrainedModels.PiTable.Rows;
        var broken = TrainedModels.PiTable with { Rows = [rows[0] with { RunEnergyMwh = 0 }, .. rows.Skip(1)] };

        var message = Should.Throw<TrainingRefusedException>(() => Train(broken)).Message;

        message.ShouldContain(rows[0].Model);
        message.ShouldContain("run_energy_mwh");
    }

    [Fact]
    public void Train_NoInferenceCounts_IsRefused()
    {
        var rows = TrainedModels.PiTable.Rows.Select(r => r with { Inferences = null, LikelyInferences = null });

        Should.Throw<TrainingRefusedException>(() => Train(TrainedModels.PiTable with { Rows = [.. rows] }))
            .Message.ShouldContain("inference count");
    }

    [Fact]
    public void Thresholds_KnownRows_AreQuartilesOfFiveHundredInferences()
    {
        // 100, 200, 300, 400, 500 J for 500 inferences: quartiles 200, 300, 400 J. The row without a count does not take part.
        var template = TrainedModels.JetsonTable.Rows[0] with { RunDurationS = 100, Batch = 1 };
        BenchmarkRow Row(double joules, int? inferences) => template with { RunEnergyMwh = joules / 3.6, Inferences = inferences };
        var rows = Enumerable.Range(0, 3).SelectMany(_ => new[] { 100, 200, 300, 400, 500 }.Select(j => Row(j, 500))).Append(Row(9000, null));

        var thresholds = EnergyModelTrainer.Thresholds(TrainedModels.JetsonTable with { Rows = [.. rows] });

        thresholds.Rows.ShouldBe(15);
        thresholds.ExcellentBelow.Joules.ShouldBe(200, 1e-9);
        thresholds.GoodBelow.Joules.ShouldBe(300, 1e-9);
        thresholds.AcceptableBelow.Joules.ShouldBe(400, 1e-9);
    }

    private static EnergyModelArtifact Train(BenchmarkTable table) =>
        new EnergyModelTrainer(TimeProvider.System).Train(table, TrainedModels.QuickOptions, CancellationToken.None);

    [Fact]
    public void Write_ProductionSettings_StaysUnderTwoMegabytes() => ArtifactJson.Write(
        new EnergyModelTrainer(TimeProvider.System).Train(TrainedModels.JetsonTable, new TrainingOptions(), CancellationToken.None)).Length.ShouldBeLessThan(2_000_000);
}
