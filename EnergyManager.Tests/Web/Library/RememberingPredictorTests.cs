using EnergyManager.Core.Prediction;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Library;

public sealed class RememberingPredictorTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public void Predict_SameFigures_GivesTheSameAnswerWithoutPredictingAgain()
    {
        using var predictor = Create(capacity: 10);
        var first = predictor.Predict(Request(5));
        predictor.Predict(Request(5)).ShouldBeSameAs(first);
        predictor.Predict(Request(6)).ShouldNotBeSameAs(first);
    }

    [Fact]
    public void Predict_ManyRequests_KeepsToTheCap()
    {
        using var predictor = Create(capacity: 10);
        for (var i = 1; i <= 30; i++)
            predictor.Predict(Request(i)).RunEnergy.Joules.ShouldBeGreaterThan(0);
        predictor.Count.ShouldBeLessThanOrEqualTo(10);
    }

    private RememberingPredictor Create(int capacity) =>
        new(LibraryHosting.LoadPredictor(Path.Combine(server.DataDirectory, "predictor"), TimeProvider.System, CancellationToken.None), capacity);

    private static PredictionRequest Request(double paramsM) => new() { ParamsM = paramsM, Gmacs = 0.75, SizeMb = 20, LatencyS = 0.05 };
}
