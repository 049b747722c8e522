using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Tests.Core.Prediction;

/// <summary>Contributions sum to the prediction, on every row that was measured and on such with figures missing.</summary>
public sealed class ExplanationSumTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    [Theory]
    [InlineData("jetson-nano")]
    [InlineData("raspberry-pi-5")]
    public void Explain_EveryMeasuredRow_SumsToThePredictedPower(string device)
    {
        var (artifact, model, rows) = Of(device);
        foreach (var figures in rows.Select(ModelFigures.Of).SelectMany(WithMissing))
            Sum(model, figures).ShouldBe(artifact.Forests.LogPower(figures), 1e-9);
    }

    [Theory]
    [InlineData("jetson-nano")]
    [InlineData("raspberry-pi-5")]
    public void Explain_EveryGraph_SumsToThePredictedPowerAndLatency(string device)
    {
        var (artifact, model, rows) = Of(device);
        foreach (var figures in rows.Select(ModelFigures.Of).SelectMany(WithMissing))
        {
            var graph = figures with { LatencyS = double.NaN, RunDurationS = double.NaN };
            Sum(model, graph).ShouldBe(artifact.Forests.LogStaticPower(graph) + artifact.Forests.LogStaticLatency(graph), 1e-9);
        }
    }

    private static double Sum(DeviceEnergyModel model, ModelFigures figures)
    {
        var (baseValue, contributions) = model.Explain(figures);
        return baseValue + contributions.Sum(c => c.LogEffect);
    }

    private static IEnumerable<ModelFigures> WithMissing(ModelFigures figures) =>
    [
        figures,
        figures with { Blocks = BlockKind.Unknown, IsTagged = double.NaN, ActivationsM = double.NaN },
        figures with { ReferenceCpuMs = double.NaN, ReferenceGpuMs = double.NaN, Batch = double.NaN },
    ];

    private (EnergyModelArtifact Artifact, DeviceEnergyModel Model, IReadOnlyList<BenchmarkRow> Rows) Of(string device) => device == "jetson-nano"
        ? (models.Jetson, new DeviceEnergyModel(models.Jetson), TrainedModels.JetsonTable.Rows)
        : (models.Pi, new DeviceEnergyModel(models.Pi), TrainedModels.PiTable.Rows);
}
