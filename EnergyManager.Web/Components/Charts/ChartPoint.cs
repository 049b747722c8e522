using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Components.Charts;

/// <summary>What the time series show at one moment. A figure that nothing measured is <c>null</c>.</summary>
public sealed record ChartPoint(
    DateTimeOffset Time,
    double? CpuPercent,
    double? RamPercent,
    double? StoragePercent,
    double? TemperatureC,
    double? PowerW,
    double? P50Ms,
    double? P95Ms,
    double? InferencesPerSecond)
{
    /// <summary>A live sample: rates are over the sample's own window.</summary>
    public static ChartPoint From(TelemetrySample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return new(
            sample.Time, sample.CpuPercent, sample.RamPercent, sample.StoragePercent, sample.TemperatureC, sample.Power?.MeanW,
            sample.Inference?.P50Ms, sample.Inference?.P95Ms,
            sample.Inference is { } inference && sample.DurationS > 0 ? inference.Count / sample.DurationS : null);
    }

    /// <summary>A stored point: rates are over the series' step.</summary>
    public static ChartPoint From(TelemetryPoint point, TimeSpan step)
    {
        ArgumentNullException.ThrowIfNull(point);
        return new(
            point.Time, point.CpuPercent, point.RamPercent, point.StoragePercent, point.TemperatureC, point.Power?.MeanW,
            point.Inference?.P50Ms, point.Inference?.P95Ms,
            point.Inference is { } inference && step > TimeSpan.Zero ? inference.Count / step.TotalSeconds : null);
    }
}
