using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Validation;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class StatedRunsTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    private const string Figures = "11.69,3.64,1.82,44.6,3x224x224";

    [Theory]
    [InlineData("iterations_per_measurement,latency_avg_s", "500,0.06", true)]
    [InlineData("duration_avg_s", "30", true)]
    [InlineData("latency_avg_s", "30", true)]
    [InlineData("latency_avg_s", "0.06", false)]
    [InlineData("latency_avg_s", "30", false, "resnet18_r224_fp16")]
    public void Of_RawRow_IsTheRunThatItStatesOrThatItsLatencyMustBe(string columns, string values, bool isRun, string model = "resnet18")
    {
        foreach (var energy in (double[])[1, 1000])
        {
            using var text = new StringReader(FormattableString.Invariant($"model,params_m,gflops,gmacs,size_mb,input_size,{columns},energy_avg_mwh\n{model},{Figures},{values},{energy}\n"));
            var file = BenchmarkReader.Read(text, "raw.csv");

            var runs = StatedRuns.Of(models.Predictor.Model("jetson-nano"), file, EnergyFreeAudit.Rows(DeviceTypes.JetsonNano, file));

            runs.Count.ShouldBe(isRun ? 1 : 0);
            if (isRun)
                runs[0].RunDurationS.ShouldBe(30, 1e-9);
        }
    }
}
