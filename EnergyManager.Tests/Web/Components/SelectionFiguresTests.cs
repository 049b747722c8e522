using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Web.Components.Doubles;
using EnergyManager.Web.Components.Panels;

namespace EnergyManager.Tests.Web.Components;

public sealed class SelectionFiguresTests
{
    private const double BoardMwh = 24;

    private static readonly EnergyPrediction Prediction = new FakePredictor().Predict(new PredictionRequest { ParamsM = 1, Gmacs = 0.3, SizeMb = 5 }) with
    {
        RunEnergy = Energy.FromMilliwattHours(6.5),
        AveragePower = Power.FromWatts(2),
        LatencyS = 0.02,
        Inferences = 500,
    };

    [Theory]
    [InlineData(false, true, PredictionMode.Calibrated, 6.5, "predicted")]
    [InlineData(true, true, PredictionMode.Calibrated, 6.5, "predicted")]
    [InlineData(true, true, PredictionMode.MeasuredLatency, BoardMwh, "benchmark")]
    [InlineData(true, true, PredictionMode.Static, BoardMwh, "benchmark")]
    [InlineData(true, false, PredictionMode.Static, BoardMwh, "benchmark")]
    [InlineData(false, true, PredictionMode.Static, 6.5, "predicted")]
    [InlineData(false, false, PredictionMode.Static, null, null)]
    public void Of_WhatIsKnown_TheDevicesOwnComesBeforeTheBoardsAndThatBeforeAGuess(bool board, bool predicted, PredictionMode mode, double? runEnergyMwh, string? provenance)
    {
        var model = DashboardContext.Model("any", board ? BoardMwh : null);

        var figures = SelectionFigures.Of(model, predicted ? Prediction with { Mode = mode } : null);

        (figures.RunEnergyMwh, figures.Provenance).ShouldBe((runEnergyMwh, provenance));
    }

    [Fact]
    public void Of_ADeviceThatMeasured_TakesAllOfItsFiguresFromThere()
    {
        var model = DashboardContext.Model("any", BoardMwh) with { EnergyPerInferenceMj = 170, AvgPowerW = 7, LatencyAvgS = 0.05, ThroughputIterPerS = 20, EnergyCategory = "high" };

        var figures = SelectionFigures.Of(model, Prediction with { Mode = PredictionMode.Calibrated, Category = EnergyCategory.Excellent });

        // 6.5 mWh are 23,400 mJ for 500 inferences.
        figures.PerInferenceMj!.Value.ShouldBe(46.8, 1e-9);
        (figures.PowerW, figures.LatencyS, figures.ThroughputPerS, figures.Category).ShouldBe((2, 0.02, 50, "excellent"));
    }

    [Fact]
    public void Of_NothingChosen_IsEmpty() => SelectionFigures.Of(null, null).ShouldBe(new SelectionFigures(null, null, null, null, null, null, null));
}
