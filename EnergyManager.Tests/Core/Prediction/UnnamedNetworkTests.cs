using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Tests.Core.Prediction;

/// <summary>Networks of which no published name is known: an ONNX file of one's own, or three typed figures.</summary>
public sealed class UnnamedNetworkTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    [Theory]
    [InlineData("jetson-nano")]
    [InlineData("raspberry-pi-5")]
    public void Estimate_LessKnown_WidensTheIntervalUntilItHolds(string device)
    {
        var model = models.Predictor.Model(device);
        var table = device == "jetson-nano" ? TrainedModels.JetsonTable : TrainedModels.PiTable;
        var timed = table.Rows.Where(row => !double.IsNaN(ModelFigures.LikelyLatencyPerInputS(row))).ToArray();

        // A view of a network, and the share of the rows whose energy of an inference its 90 % interval holds.
        (double Width, double Held) Of(Func<ModelFigures, ModelFigures> view)
        {
            var estimates = timed.Select(row => (Row: row, Estimate: model.Estimate(view(ModelFigures.Of(row)) with { LatencyS = double.NaN, RunDurationS = double.NaN }))).ToArray();
            return (estimates.Average(e => e.Estimate.LogHalfWidth90), estimates.Average(e => Holds(e.Row, e.Estimate) ? 1.0 : 0.0));
        }

        var (named, graph, figures) = (Of(f => f), Of(f => f.WithoutName()), Of(f => f.WithoutGraph()));

        graph.Width.ShouldBeGreaterThan(named.Width);
        figures.Width.ShouldBeGreaterThan(graph.Width);
        // They were trained on these rows: intervals that hold unseen ones hold these all the more.
        new[] { named.Held, graph.Held, figures.Held }.ShouldAllBe(held => held > 0.88);
    }

    [Fact]
    public void Predict_FiguresOfAKnownNetwork_AreNearerToItsMeasurementThanTheIntervalIsWide()
    {
        var row = TrainedModels.JetsonTable.Rows.First(r => r is { Architecture: "regnetx_008", Batch: 1, Inferences: not null });
        var prediction = models.Predictor.Predict(new PredictionRequest { DeviceType = "jetson-nano", ParamsM = row.ParamsM, Gmacs = row.Gmacs, SizeMb = row.SizeMb });

        var measured = row.EnergyPerInference!.Value.OfStandardRun();

        measured.ShouldBeInRange(prediction.Interval90.Low, prediction.Interval90.High);
        (prediction.BaseLogEffect + prediction.Contributions.Sum(c => c.LogEffect)).ShouldBe(
            Math.Log(prediction.AveragePower.Watts * prediction.LatencyS), 1e-9);
    }

    private static bool Holds(BenchmarkRow row, EnergyEstimate estimate)
    {
        var joules = row.AveragePower.Watts * ModelFigures.LikelyLatencyPerInputS(row);
        return Math.Abs(Math.Log(joules / (estimate.Watts * estimate.LatencyS))) <= estimate.LogHalfWidth90;
    }
}
