using EnergyManager.Core.Units;

namespace EnergyManager.Core.Telemetry;

/// <summary>One window of what a device saw, one second by default. Absent figures are <c>null</c>, never zero.</summary>
public sealed record TelemetrySample
{
    /// <summary>Boot of the agent process that took the sample: sequences count from 1 within it.</summary>
    public required Guid BootId { get; init; }

    /// <summary>Position within the boot, from 1, without gaps unless samples were dropped.</summary>
    public required long Sequence { get; init; }

    /// <summary>End of the window by the device's wall clock, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Length of the window in seconds, by the device's monotonic clock.</summary>
    public required double DurationS { get; init; }

    /// <summary>Processor use of the host over the window, 0 to 100 % of all cores.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>Memory in use (total minus available), 0 to 100 %.</summary>
    public double? RamPercent { get; init; }

    /// <summary>Processor temperature in degrees Celsius.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>Use of the file system that holds the models, 0 to 100 %.</summary>
    public double? StoragePercent { get; init; }

    /// <summary>Battery charge, 0 to 100 %.</summary>
    public double? BatteryPercent { get; init; }

    /// <summary>Swap in use, 0 to 100 %, or <c>null</c> on a host without swap.</summary>
    public double? SwapPercent { get; init; }

    /// <summary>Load of the graphics processor, 0 to 100 %.</summary>
    public double? GpuPercent { get; init; }

    /// <summary>Mean clock of the processor's cores in MHz.</summary>
    public double? CpuFrequencyMhz { get; init; }

    /// <summary>Received by the host's physical network interfaces in bytes per second.</summary>
    public double? NetworkRxBytesPerS { get; init; }

    /// <summary>Sent by the host's physical network interfaces in bytes per second.</summary>
    public double? NetworkTxBytesPerS { get; init; }

    /// <summary>Whether the processor was held below its speed at the end of the window, by heat or by its supply.</summary>
    public bool? Throttled { get; init; }

    /// <summary>Whole-board power, or <c>null</c> where no sensor measures it.</summary>
    public PowerWindow? Power { get; init; }

    /// <summary>Inference in the window, or <c>null</c> when no model runs.</summary>
    public InferenceWindow? Inference { get; init; }

    /// <summary>The accounting window that ended with this sample, or <c>null</c>: most samples end none.</summary>
    public EnergyAccount? Account { get; init; }
}

/// <summary>Power over one window, integrated on the device.</summary>
/// <param name="MeanW">Time-weighted mean in watts.</param>
/// <param name="MinW">Least reading in watts.</param>
/// <param name="MaxW">Greatest reading in watts.</param>
/// <param name="Joules">Integral over the window in joules.</param>
/// <param name="Samples">Readings in the window.</param>
/// <param name="Provenance">Which sensor, for example <c>measured:ina219</c>.</param>
public sealed record PowerWindow(double MeanW, double MinW, double MaxW, double Joules, int Samples, Provenance Provenance);

/// <summary>Inference over one window.</summary>
/// <param name="Model">Model that ran.</param>
/// <param name="DeploymentId">Deployment that put it there, where one did.</param>
/// <param name="Count">Inferences that ended in the window.</param>
/// <param name="Errors">Inferences that failed in the window.</param>
/// <param name="P50Ms">Median latency in milliseconds, or <c>null</c> when none ended.</param>
/// <param name="P95Ms">95th percentile of latency in milliseconds, or <c>null</c> when none ended.</param>
/// <param name="EnergyPerInferenceMj">
/// Measured energy per inference in mJ, or <c>null</c> without a power sensor or when inference does not fill the window: at a low
/// rate see <see cref="EnergyAccount"/>.
/// </param>
public sealed record InferenceWindow(
    string Model, string? DeploymentId, int Count, int Errors, double? P50Ms, double? P95Ms, double? EnergyPerInferenceMj);
