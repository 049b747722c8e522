using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Intervals;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class TrainingDistributionTests
{
    private static readonly ModelFigures ResNet18 = new()
    {
        ParamsM = 11.69,
        Gmacs = 1.82,
        SizeMb = 44.7,
        Pixels = 224 * 224,
        Precision = Precision.Fp32,
    };

    [Theory]
    [InlineData("jetson-nano")]
    [InlineData("raspberry-pi-5")]
    public void Score_OfMeasuredModels_IsInside(string device)
    {
        var table = Table(device);
        var distribution = TrainingDistribution.Of(table.Rows);

        var inside = table.Rows.Count(row => distribution.Score(ModelFigures.Of(row)) <= 1);

        (inside / (double)table.Rows.Count).ShouldBeGreaterThan(0.98);
    }

    [Theory]
    [InlineData(0.04, false)]
    [InlineData(0.004, true)]
    [InlineData(0.0001, true)]
    [InlineData(4, true)]
    public void Score_OfARun_JudgesItsSpeed(double latencyS, bool outside)
    {
        var distribution = TrainingDistribution.Of(Table("jetson-nano").Rows);

        var assessed = distribution.Assess(ResNet18 with { LatencyS = latencyS });

        distribution.Score(ResNet18).ShouldBeLessThan(1);
        assessed.IsOutside.ShouldBe(outside);
        assessed.Score.ShouldBe(distribution.Score(ResNet18 with { LatencyS = latencyS }));
        assessed.Field.ShouldBe(outside ? "latency_avg_s" : null);
    }

    [Fact]
    public void Score_OfASlowRun_IsNeverBeyondRefusal()
    {
        var distribution = TrainingDistribution.Of(Table("jetson-nano").Rows);

        distribution.Score(ResNet18 with { LatencyS = 1000 }).ShouldBe(TrainingDistribution.RefusalScore);
        distribution.Score(ResNet18 with { LatencyS = 1e-6 }).ShouldBeGreaterThan(TrainingDistribution.RefusalScore);
    }

    [Theory]
    [InlineData(447, "above")]
    [InlineData(4.47, "below")]
    public void Assess_OddBytesPerParameter_SaysSo(double sizeMb, string side)
    {
        var assessed = TrainingDistribution.Of(Table("raspberry-pi-5").Rows).Assess(ResNet18 with { SizeMb = sizeMb });

        assessed.IsOutside.ShouldBeTrue();
        assessed.Field.ShouldBe("size_mb");
        assessed.Reason!.ShouldContain($"bytes a parameter is {side}");
    }

    [Fact]
    public void Assess_FiguresThatNoModelHasTogether_NamesTheNearest()
    {
        // As many parameters as the largest with as little work as the smallest.
        var assessed = TrainingDistribution.Of(Table("jetson-nano").Rows).Assess(ResNet18 with { ParamsM = 130, SizeMb = 500, Gmacs = 0.04 });

        assessed.IsOutside.ShouldBeTrue();
        assessed.Reason!.ShouldContain("the nearest is");
    }

    [Fact]
    public void Of_RowsWithoutSpeed_JudgesTheGraphAlone()
    {
        BenchmarkRow[] rows = [.. Table("jetson-nano").Rows.Where(row => row.Inferences is null && row.LikelyInferences is null)];
        var distribution = TrainingDistribution.Of(rows);

        distribution.RunRows.ShouldBeEmpty();
        distribution.Score(ResNet18 with { LatencyS = 1e-4 }).ShouldBe(distribution.Score(ResNet18));
    }

    [Theory]
    [InlineData("jetson-nano", "vit", "swin")]
    [InlineData("raspberry-pi-5", "vit", "resnet")]
    public void Intervals_OfFamiliesThatWereNeverMeasured_StillCover(string device, params string[] families)
    {
        var table = Table(device);
        var training = table with { Rows = [.. table.Rows.Where(row => !families.Contains(row.Family))] };
        var model = new DeviceEnergyModel(new EnergyModelTrainer(TimeProvider.System).Train(training, TrainedModels.QuickOptions, CancellationToken.None));
        BenchmarkRow[] unseen = [.. table.Rows.Where(row => families.Contains(row.Family))];

        var covered = unseen.Count(row =>
        {
            var estimate = model.Estimate(ModelFigures.Of(row));
            return Math.Abs(Math.Log(row.AveragePower.Watts / estimate.Watts)) <= estimate.LogHalfWidth90;
        });

        unseen.Length.ShouldBeGreaterThan(10);
        (covered / (double)unseen.Length).ShouldBeGreaterThanOrEqualTo(0.8);
    }

    private static BenchmarkTable Table(string device) => device == DeviceTypes.JetsonNano.Id ? TrainedModels.JetsonTable : TrainedModels.PiTable;
}
