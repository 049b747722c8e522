using EnergyManager.Core.Telemetry;

namespace EnergyManager.Web.Telemetry;

/// <summary>Stored telemetry, downsampled to the step asked for.</summary>
public interface ITelemetryHistory
{
    /// <summary>
    /// Points of a device in [from, to). Without a step the finest resolution is chosen that stays under the point cap.
    /// A period without samples gives no points: a gap, never a zero.
    /// </summary>
    Task<TelemetrySeries> QueryAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, TimeSpan? step, CancellationToken cancellationToken);
}

/// <summary>Points of one device.</summary>
/// <param name="DeviceId">Device.</param>
/// <param name="From">Start of the period.</param>
/// <param name="To">End of the period.</param>
/// <param name="Step">Time between points.</param>
/// <param name="Points">Points that hold samples, oldest first.</param>
public sealed record TelemetrySeries(string DeviceId, DateTimeOffset From, DateTimeOffset To, TimeSpan Step, IReadOnlyList<TelemetryPoint> Points);

/// <summary>One point: the mean over a step, or a single sample.</summary>
public sealed record TelemetryPoint
{
    public required DateTimeOffset Time { get; init; }
    public double? CpuPercent { get; init; }
    public double? RamPercent { get; init; }
    public double? TemperatureC { get; init; }
    public double? StoragePercent { get; init; }
    public double? SwapPercent { get; init; }
    public double? GpuPercent { get; init; }
    public double? CpuFrequencyMhz { get; init; }
    public double? NetworkRxBytesPerS { get; init; }
    public double? NetworkTxBytesPerS { get; init; }

    /// <summary>Whether the processor was throttled at any time of the step; <c>null</c> when the device cannot tell.</summary>
    public bool? Throttled { get; init; }

    /// <summary>Measured power, or <c>null</c> without a power sensor.</summary>
    public TelemetryPower? Power { get; init; }

    /// <summary>Inference, or <c>null</c> when no model ran.</summary>
    public TelemetryInference? Inference { get; init; }

    /// <summary>Energy over the accounting windows that ended in the step, or <c>null</c> when none did or nothing measures power.</summary>
    public TelemetryAccount? Account { get; init; }
}

/// <summary>Power over a point's step. Joules are of the measured part of the step.</summary>
public sealed record TelemetryPower(double MeanW, double MinW, double MaxW, double Joules, string Provenance);

/// <summary>Inference over a point's step.</summary>
public sealed record TelemetryInference(string Model, int Count, int Errors, double? P50Ms, double? P95Ms, double? EnergyPerInferenceMj);

/// <summary>Energy over accounting windows (a minute each by default) of one activity, model and sensor: at a fixed rate, what an inference costs.</summary>
public sealed record TelemetryAccount
{
    /// <summary><c>idle</c>, <c>loaded</c>, <c>rate_limited</c> or <c>active</c>.</summary>
    public required BoardActivity Activity { get; init; }

    public string? Model { get; init; }

    /// <summary>Accounting windows.</summary>
    public required int Windows { get; init; }

    public required double DurationS { get; init; }

    /// <summary>Part of the time that was spent in inferences, 0 to 1.</summary>
    public required double BusyShare { get; init; }

    public required long Inferences { get; init; }

    public required double Joules { get; init; }

    public required double MeanW { get; init; }

    /// <summary>All the energy over the inferences, in mJ: the waiting between them included.</summary>
    public double? GrossPerInferenceMj { get; init; }

    /// <summary>The energy over that of the idle board, over the inferences, in mJ; <c>null</c> until the device was seen idle.</summary>
    public double? NetOfIdlePerInferenceMj { get; init; }

    /// <summary>Power of the idle board in watts that the net energy rests on.</summary>
    public double? IdleW { get; init; }

    /// <summary>Wire form of the sensor.</summary>
    public required string Provenance { get; init; }
}
