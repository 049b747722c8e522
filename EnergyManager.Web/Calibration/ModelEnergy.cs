using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Web.Calibration;

/// <summary>Whether a measured energy is compared with the predicted one, and why not.</summary>
[JsonConverter(typeof(EnergyComparisonJsonConverter))]
public enum EnergyComparison
{
    /// <summary>It is.</summary>
    Compared,

    /// <summary>The device has not run the model for a whole minute lately.</summary>
    NotMeasured,

    /// <summary>No sensor measures power.</summary>
    NoPowerSensor,

    /// <summary>The sensor sees a part of the board, the prediction is about all of it.</summary>
    PartOfBoard,

    /// <summary>At a fixed rate the energy holds the waiting between inferences, and the idle board was not measured yet.</summary>
    IdleUnknown,

    /// <summary>Nothing can be predicted for the model on this device.</summary>
    NotPredicted,
}

/// <summary>What is predicted of a model on a device by all that the device measured before the windows that are shown beside it.</summary>
public sealed record PredictedFigures
{
    public required double EnergyPerInferenceMj { get; init; }

    /// <summary>90 % interval, low and high, in mJ.</summary>
    public required IReadOnlyList<double> EnergyIntervalMj { get; init; }

    /// <summary>Energy of the standard run in mWh.</summary>
    public required double EnergyMwh { get; init; }

    public required double LatencyMs { get; init; }

    /// <summary>90 % interval, low and high, in ms.</summary>
    public required IReadOnlyList<double> LatencyIntervalMs { get; init; }

    /// <summary><c>static</c>, <c>measured_latency</c> or <c>calibrated</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether the table of another board answers; such a prediction is compared, but raises no warning until the device has calibrated it.</summary>
    public required bool Borrowed { get; init; }

    /// <summary>What the calibration rests on, as a sentence.</summary>
    public string? Calibration { get; init; }

    public string Provenance { get; init; } = "predicted";
}

/// <summary>What a device measured of a model: medians over the newest minutes.</summary>
public sealed record MeasuredFigures
{
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }

    /// <summary>Minutes that the medians are of.</summary>
    public required int Windows { get; init; }

    public required long Inferences { get; init; }
    public required double LatencyMs { get; init; }

    /// <summary>What an inference of a run costs, in mJ.</summary>
    public double? EnergyPerInferenceMj { get; init; }

    /// <summary>Energy of the standard run in mWh at that price.</summary>
    public double? EnergyMwh { get; init; }

    /// <summary>
    /// <c>back_to_back</c>: measured while one inference followed the other; <c>net_of_idle</c>: net of idle, and what the idle board draws
    /// during an inference.
    /// </summary>
    public string? Basis { get; init; }

    /// <summary>All the energy over the inferences, in mJ, the waiting between them included.</summary>
    public double? GrossPerInferenceMj { get; init; }

    /// <summary>The energy over that of the idle board, over the inferences, in mJ.</summary>
    public double? NetOfIdlePerInferenceMj { get; init; }

    /// <summary>Power of the idle board in watts that the net energy rests on.</summary>
    public double? IdleW { get; init; }

    /// <summary>Wire form of the sensor, or <c>unavailable</c>.</summary>
    public required string Provenance { get; init; }

    /// <summary><c>whole_board</c>, <c>part</c>, or <c>null</c> without a sensor.</summary>
    public string? Scope { get; init; }
}

/// <summary>Measured beside predicted, for one model on one device.</summary>
public sealed record ModelEnergy
{
    public required string Model { get; init; }

    /// <summary>Whether the device runs it now.</summary>
    public required bool Running { get; init; }

    public PredictedFigures? Predicted { get; init; }
    public MeasuredFigures? Measured { get; init; }
    public required EnergyComparison EnergyComparison { get; init; }

    /// <summary>How far the measured energy is off the predicted one, in percent of it; <c>null</c> where they are not compared.</summary>
    public double? EnergyErrorPercent { get; init; }

    /// <summary>Whether the measured energy is inside the 90 % interval.</summary>
    public bool? EnergyInside { get; init; }

    public double? LatencyErrorPercent { get; init; }

    /// <summary>Whether the measured latency is inside the 90 % interval.</summary>
    public bool? LatencyInside { get; init; }
}

/// <summary>What a device's models cost, measured beside predicted.</summary>
public sealed record DeviceEnergyView
{
    public required string DeviceId { get; init; }
    public required string DeviceType { get; init; }

    /// <summary>Wire form of the sensor that measures power now, or <c>null</c>: no power sensor, and then no measured energy.</summary>
    public string? PowerSensor { get; init; }

    /// <summary><c>whole_board</c>, <c>part</c>, or <c>null</c> without a sensor.</summary>
    public string? PowerScope { get; init; }

    public required IReadOnlyList<ModelEnergy> Models { get; init; }

    /// <summary>What stands now.</summary>
    public required IReadOnlyList<DriftWarning> Warnings { get; init; }
}

/// <summary>Writes an <see cref="EnergyComparison"/> as a snake_case word.</summary>
internal sealed class EnergyComparisonJsonConverter() : JsonStringEnumConverter<EnergyComparison>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
