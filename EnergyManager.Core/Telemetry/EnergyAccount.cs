using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Telemetry;

/// <summary>What a board did over an accounting window.</summary>
[JsonConverter(typeof(BoardActivityJsonConverter))]
public enum BoardActivity
{
    /// <summary>No model was in memory.</summary>
    Idle,

    /// <summary>A model was in memory and inferred nothing.</summary>
    Loaded,

    /// <summary>It inferred at a rate below what it can: most of its energy is that of waiting.</summary>
    RateLimited,

    /// <summary>It inferred for at least 90 % of the time.</summary>
    Active,
}

/// <summary>
/// Energy over an accounting window, a minute by default, in which model, rate and sensor stayed the same. At a fixed rate it
/// tells what an inference costs there, waiting included, which a window of one second cannot.
/// </summary>
public sealed record EnergyAccount
{
    /// <summary>What the board did.</summary>
    public required BoardActivity Activity { get; init; }

    /// <summary>Model in memory, or <c>null</c> when idle.</summary>
    public string? Model { get; init; }

    /// <summary>Length in seconds.</summary>
    public required double DurationS { get; init; }

    /// <summary>Energy of the whole board in joules.</summary>
    public required double Joules { get; init; }

    /// <summary>Mean power in watts.</summary>
    public required double MeanW { get; init; }

    /// <summary>Half-width of the 95 % interval of the mean power in watts.</summary>
    public double? HalfWidth95W { get; init; }

    /// <summary>Readings of the sensor.</summary>
    public required long Samples { get; init; }

    /// <summary>Which sensor.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>Inferences that ended.</summary>
    public required long Inferences { get; init; }

    /// <summary>Part of the time that was spent in inferences, 0 to 1.</summary>
    public required double BusyShare { get; init; }

    /// <summary>All the energy over the inferences, in mJ: the price of an inference at this rate, the waiting between them included.</summary>
    public double? GrossPerInferenceMj { get; init; }

    /// <summary>Half-width of its 95 % interval in mJ.</summary>
    public double? GrossHalfWidth95Mj { get; init; }

    /// <summary>
    /// The energy over that of the idle board, over the inferences, in mJ; <c>null</c> until this device was seen idle, by the same
    /// sensor.
    /// </summary>
    public double? NetOfIdlePerInferenceMj { get; init; }

    /// <summary>Half-width of its 95 % interval in mJ.</summary>
    public double? NetOfIdleHalfWidth95Mj { get; init; }

    /// <summary>Idle power in watts that the net energy rests on.</summary>
    public double? IdleW { get; init; }

    /// <summary>When the idle power was measured.</summary>
    public DateTimeOffset? IdleTime { get; init; }
}

/// <summary>Writes a <see cref="BoardActivity"/> as a snake_case word.</summary>
public sealed class BoardActivityJsonConverter() : JsonStringEnumConverter<BoardActivity>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
