using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class BatchEstimationTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    [Fact]
    public void EstimateAll_MoreThanAChunk_IsTheEstimateOfEach()
    {
        var model = models.Predictor.Model("jetson-nano");
        ModelFigures[] figures = [.. Enumerable.Repeat(TrainedModels.JetsonTable.Rows.Select(ModelFigures.Of), 3).SelectMany(f => f)];
        var estimates = new EnergyEstimate[figures.Length];

        model.EstimateAll(figures, estimates, CancellationToken.None);

        estimates.ShouldBe(figures.Select(model.Estimate));
    }

    [Fact]
    public void EstimateAll_LengthsDiffer_IsRefused() => Should.Throw<ArgumentException>(() =>
        models.Predictor.Model("jetson-nano").EstimateAll(new ModelFigures[2], new EnergyEstimate[3], CancellationToken.None)).ParamName.ShouldBe("estimates");

    [Fact]
    public void EstimateAll_Cancelled_Stops() => Should.Throw<OperationCanceledException>(() => models.Predictor.Model("jetson-nano").EstimateAll(
        new ModelFigures[1], new EnergyEstimate[1], new CancellationToken(canceled: true)));
}
