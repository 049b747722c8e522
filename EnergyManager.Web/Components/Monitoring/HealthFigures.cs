using EnergyManager.Core.Units;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Components.Monitoring;

/// <summary>Key figures of a device over a period. What nothing measured is <c>null</c>, never zero.</summary>
public sealed record HealthFigures
{
    /// <summary>Share of the period with samples.</summary>
    public required double Coverage { get; init; }

    /// <summary>Mean CPU load in percent.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>Highest mean temperature of a step in °C.</summary>
    public double? PeakTemperatureC { get; init; }

    /// <summary>Share of the steps in which the processor was throttled, of those that can tell.</summary>
    public double? Throttled { get; init; }

    /// <summary>Inferences, or <c>null</c> when no model ran.</summary>
    public long? Inferences { get; init; }

    /// <summary>Share of inferences that failed.</summary>
    public double? ErrorShare { get; init; }

    /// <summary>Median latency in ms, weighted by inferences.</summary>
    public double? P50Ms { get; init; }

    /// <summary>Worst 95th percentile of a step in ms.</summary>
    public double? WorstP95Ms { get; init; }

    /// <summary>Measured energy of the period in mWh.</summary>
    public double? EnergyMwh { get; init; }

    /// <summary>Measured mean power in W.</summary>
    public double? PowerW { get; init; }

    /// <summary>Measured energy of the standard run in mWh, weighted by inferences.</summary>
    public double? StandardRunMwh { get; init; }

    /// <summary>Wire form of the sensor, or <c>null</c> without one.</summary>
    public string? Provenance { get; init; }

    /// <summary>The figures of a series.</summary>
    /// <param name="series">Points.</param>
    /// <param name="model">Model whose latency and energy per inference count, or <c>null</c> for every one.</param>
    public static HealthFigures Of(TelemetrySeries series, string? model)
    {
        ArgumentNullException.ThrowIfNull(series);
        var points = series.Points;
        var throttled = points.Select(point => point.Throttled).OfType<bool>().ToList();
        var inferences = points.Select(point => point.Inference).OfType<TelemetryInference>().ToList();
        var same = inferences.Where(inference => model is null || inference.Model == model).ToList();
        var power = points.Select(point => point.Power).OfType<TelemetryPower>().ToList();
        var count = inferences.Sum(inference => (long)inference.Count);
        var errors = inferences.Sum(inference => (long)inference.Errors);
        return new HealthFigures
        {
            Coverage = series.To > series.From ? Math.Min(1, points.Count * series.Step / (series.To - series.From)) : 0,
            CpuPercent = Mean(points.Select(point => (point.CpuPercent, 1.0))),
            PeakTemperatureC = points.Max(point => point.TemperatureC),
            Throttled = throttled.Count > 0 ? throttled.Count(value => value) / (double)throttled.Count : null,
            Inferences = inferences.Count > 0 ? count : null,
            ErrorShare = count + errors > 0 ? errors / (double)(count + errors) : null,
            P50Ms = Mean(same.Select(inference => (inference.P50Ms, (double)inference.Count))),
            WorstP95Ms = same.Max(inference => inference.P95Ms),
            EnergyMwh = power.Count > 0 ? Energy.FromJoules(power.Sum(window => window.Joules)).MilliwattHours : null,
            PowerW = Mean(power.Select(window => ((double?)window.MeanW, 1.0))),
            StandardRunMwh = Mean(same.Select(inference => (inference.EnergyPerInferenceMj, (double)inference.Count))) is { } millijoules ? EnergyTerms.StandardRunMwh(millijoules) : null,
            Provenance = power.Count > 0 ? power[^1].Provenance : null,
        };
    }

    private static double? Mean(IEnumerable<(double? Value, double Weight)> values)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var (value, weight) in values)
        {
            if (value is not { } v || !double.IsFinite(v) || weight <= 0)
                continue;
            (sum, weights) = (sum + (v * weight), weights + weight);
        }

        return weights > 0 ? sum / weights : null;
    }
}
