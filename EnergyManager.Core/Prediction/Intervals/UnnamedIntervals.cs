using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Intervals;

/// <summary>
/// Intervals of networks without a published name, from the same held-out rows with what the name told left out: the less is
/// known, the wider they are.
/// </summary>
/// <param name="MeasuredGraph">Duration known, and the graph, as an ONNX file gives it.</param>
/// <param name="MeasuredFigures">Duration known, and a few figures.</param>
/// <param name="StaticGraph">Nothing has run; the graph is known.</param>
/// <param name="StaticFigures">Nothing has run; a few figures are known.</param>
public sealed record UnnamedIntervals(
    ConformalCalibration MeasuredGraph, ConformalCalibration MeasuredFigures, ConformalCalibration StaticGraph, ConformalCalibration StaticFigures)
{
    /// <summary>The interval of an unnamed network.</summary>
    /// <param name="figures">What is known of it.</param>
    /// <param name="hasRun">Whether its duration is known.</param>
    public ConformalCalibration Of(in ModelFigures figures, bool hasRun) => (hasRun, double.IsNaN(figures.ActivationsM)) switch
    {
        (true, false) => MeasuredGraph,
        (true, true) => MeasuredFigures,
        (false, false) => StaticGraph,
        (false, true) => StaticFigures,
    };
}
