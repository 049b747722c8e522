using System.Globalization;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Intervals;

/// <summary>A figure along which the distance from the training data is taken.</summary>
/// <param name="Name">Name in messages.</param>
/// <param name="Unit">Unit in messages.</param>
/// <param name="Field">Field of a request that is to be looked at when the figure is far off.</param>
internal sealed record DistanceAxis(string Name, string Unit, string Field)
{
    /// <summary>A sentence for a value outside of what was measured.</summary>
    public string Beyond(double value, double low, double high) =>
        $"{Name} {Text(value)} {Unit} is {(value < low ? "below" : "above")} the measured {Text(low)} to {Text(high)}";

    private static string Text(double value) => value.ToString(value >= 1000 ? "0" : "G3", CultureInfo.InvariantCulture);
}

/// <summary>The axes of <see cref="TrainingDistribution"/>: first those of the graph, then the speed of a run.</summary>
internal static class DistanceAxes
{
    public const int Gmacs = 1;

    /// <summary>Axes of the graph; they come first.</summary>
    public const int Graph = 5;

    /// <summary>Axis of the speed: GMACs per second.</summary>
    public const int Speed = Graph;

    /// <summary>Axes by which a run is judged: its work and its speed.</summary>
    public const int Run = 2;

    public static DistanceAxis[] All { get; } =
    [
        new("params_m", "M", "params_m"),
        new("gmacs", "GMACs", "gmacs"),
        new("size_mb", "MB", "size_mb"),
        new("input_size", "pixels", "input_size"),
        new("size_mb / params_m", "bytes a parameter", "size_mb"),
        new("gmacs / latency_avg_s", "GMACs/s", "latency_avg_s"),
    ];

    /// <summary>Writes the logarithm of each figure; the speed is NaN where the latency is.</summary>
    public static void Fill(in ModelFigures figures, double latencyPerInputS, Span<double> logarithms)
    {
        var (parameters, gmacs, size) = (Math.Log(figures.ParamsM), Math.Log(figures.Gmacs), Math.Log(figures.SizeMb));
        logarithms[0] = parameters;
        logarithms[Gmacs] = gmacs;
        logarithms[2] = size;
        logarithms[3] = Math.Log(figures.Pixels);
        logarithms[4] = size - parameters;
        logarithms[Speed] = gmacs - Math.Log(latencyPerInputS);
    }

    /// <summary>The logarithm of each figure.</summary>
    public static double[] Logarithms(in ModelFigures figures, double latencyPerInputS)
    {
        var logarithms = new double[All.Length];
        Fill(figures, latencyPerInputS, logarithms);
        return logarithms;
    }
}
