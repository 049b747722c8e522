using EnergyManager.Core.Accounting;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Contracts;

/// <summary>Asks a device to measure one of its models.</summary>
public sealed record BenchmarkRequest
{
    /// <summary>Longest <see cref="BenchmarkId"/>.</summary>
    public const int MaximumIdLength = 64;

    /// <summary>Shortest active phase in seconds that a measurement of power should have (MLPerf Power); shorter ones are noted.</summary>
    public const double RecommendedDurationS = 60;

    // Settable, not init-only: what a message leaves out keeps its default only then.

    /// <summary>Identifier of the benchmark; the device makes one when there is none.</summary>
    public string? BenchmarkId { get; set; }

    /// <summary>Model to measure, one that is installed on the device; <c>null</c> for the one that runs.</summary>
    public string? Model { get; set; }

    /// <summary>Inferences are run for this long, in seconds, before those that count.</summary>
    public double WarmUpS { get; set; } = 5;

    /// <summary>Length of the active phase in seconds, when <see cref="Inferences"/> does not say where it ends.</summary>
    public double DurationS { get; set; } = RecommendedDurationS;

    /// <summary>Forward passes of the active phase, or <c>null</c> to go by <see cref="DurationS"/>.</summary>
    public int? Inferences { get; set; }

    /// <summary>Length in seconds of each phase in which nothing runs: idle, loaded, idle again.</summary>
    public double RestS { get; set; } = 15;
}

/// <summary>Where a benchmark stands.</summary>
public enum BenchmarkState
{
    /// <summary>Asked for; the device has not said anything yet.</summary>
    Requested,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>Done. What is missing is said in <see cref="BenchmarkReport.Missing"/>.</summary>
    Completed,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Ended on request, by a deployment or by the end of the agent.</summary>
    Cancelled,

    /// <summary>Not begun.</summary>
    Refused,
}

/// <summary>What a benchmark measured, or how far it is.</summary>
public sealed record BenchmarkReport
{
    /// <summary>The benchmark.</summary>
    public required string BenchmarkId { get; init; }

    /// <summary>Where it stands.</summary>
    public required BenchmarkState State { get; init; }

    /// <summary>While running: <c>preparing</c>, <c>idle</c>, <c>loaded</c>, <c>warm_up</c>, <c>active</c>, <c>idle_after</c> or <c>restoring</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>Why it failed, was cancelled or refused, as a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>Model that is measured.</summary>
    public string? Model { get; init; }

    /// <summary>Its artifact.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Start by the device's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>End by the device's clock.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What could not be measured and why, one sentence each.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>What somebody who compares the figures should know, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The row of the curated schema, when the benchmark completed.</summary>
    public DeviceBenchmarkRow? Row { get; init; }

    /// <summary>Latency of the active phase.</summary>
    public BenchmarkLatency? Latency { get; init; }

    /// <summary>The phases, in order, as far as they were measured.</summary>
    public IReadOnlyList<BenchmarkPhase> Phases { get; init; } = [];

    /// <summary>Energies per inference, one for each basis that could be measured; never averaged with each other.</summary>
    public IReadOnlyList<BenchmarkEnergy> Energies { get; init; } = [];

    /// <summary>How it was measured.</summary>
    public BenchmarkConditions? Conditions { get; init; }
}

/// <summary>One line of the curated schema, measured by a device. An energy that no sensor measured is <c>null</c>.</summary>
public sealed record DeviceBenchmarkRow
{
    /// <summary>Model name.</summary>
    public required string Model { get; init; }

    /// <summary>Architecture that the name says.</summary>
    public required string Architecture { get; init; }

    /// <summary>Family that the name says.</summary>
    public required string Family { get; init; }

    /// <summary><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>Parameters in millions.</summary>
    public required double ParamsM { get; init; }

    /// <summary>Multiply-accumulates of one inference in 10^9.</summary>
    public required double Gmacs { get; init; }

    /// <summary>Size of the artifact in MB (10^6 bytes).</summary>
    public required double SizeMb { get; init; }

    /// <summary>Input width in pixels, or <c>null</c> for a model without an image input.</summary>
    public required int? InputWidth { get; init; }

    /// <summary>Input height in pixels, or <c>null</c> for a model without an image input.</summary>
    public required int? InputHeight { get; init; }

    /// <summary>Inputs per forward pass.</summary>
    public required int Batch { get; init; }

    /// <summary>Forward passes of the active phase.</summary>
    public required int Inferences { get; init; }

    /// <summary>Length of the active phase in seconds.</summary>
    public required double RunDurationS { get; init; }

    /// <summary>Energy of the whole board over the active phase in mWh, or <c>null</c> without a measurement.</summary>
    public double? RunEnergyMwh { get; init; }

    /// <summary>Standard error of that energy by batch means in mWh, where it was measured.</summary>
    public double? RunEnergyStdMwh { get; init; }

    /// <summary>The set-up: runtime, execution provider, threads.</summary>
    public required string Campaign { get; init; }

    /// <summary>Where the row is from: the sensor, or that there was none.</summary>
    public required string Source { get; init; }

    /// <summary>Audit findings: none, as the row was counted and not repaired.</summary>
    public string Findings { get; init; } = "";

    /// <summary>Activations of one inference in millions.</summary>
    public double? ActivationsM { get; init; }

    /// <summary>
    /// The row of a benchmark table, or <c>null</c> when it cannot be one: a table is about energies of models with an image
    /// input.
    /// </summary>
    public BenchmarkRow? ToTableRow() => RunEnergyMwh is not > 0 || InputWidth is not > 0 || InputHeight is not > 0 || ParamsM <= 0 || Gmacs <= 0
        || !Enum.TryParse<Precision>(Precision, ignoreCase: true, out var precision)
        ? null
        : new BenchmarkRow
        {
            Model = Model,
            Architecture = Architecture,
            Family = Family,
            Precision = precision,
            ParamsM = ParamsM,
            Gmacs = Gmacs,
            SizeMb = SizeMb,
            InputWidth = InputWidth.Value,
            InputHeight = InputHeight.Value,
            Batch = Batch,
            Inferences = Inferences,
            RunDurationS = RunDurationS,
            RunEnergyMwh = RunEnergyMwh.Value,
            RunEnergyStdMwh = RunEnergyStdMwh,
            Campaign = Campaign,
            Source = Source,
            Findings = Findings,
            ActivationsM = ActivationsM,
        };
}

/// <summary>Latencies of the active phase in milliseconds, of one forward pass.</summary>
/// <param name="MeanMs">Mean.</param>
/// <param name="P50Ms">Median.</param>
/// <param name="P95Ms">95th percentile.</param>
public sealed record BenchmarkLatency(double MeanMs, double P50Ms, double P95Ms);

/// <summary>Power over one phase.</summary>
/// <param name="Phase"><c>idle</c> (no model in memory), <c>loaded</c> (in memory, not running), <c>active</c> or <c>idle_after</c>.</param>
/// <param name="DurationS">Length in seconds.</param>
/// <param name="MeanW">Mean power in watts, or <c>null</c> where it was not measured.</param>
/// <param name="HalfWidth95W">Half-width of its 95 % interval, or <c>null</c> where the phase was too short to tell.</param>
/// <param name="Samples">Readings.</param>
/// <param name="Provenance">Which sensor; <c>unavailable</c> where it was not measured.</param>
public sealed record BenchmarkPhase(string Phase, double DurationS, double? MeanW, double? HalfWidth95W, long Samples, Provenance Provenance);

/// <summary>A measured energy per inference.</summary>
/// <param name="Basis"><c>gross</c>, <c>net_of_idle</c> or <c>net_of_loaded</c>.</param>
/// <param name="PerInferenceMj">The energy in mJ.</param>
/// <param name="HalfWidth95Mj">Half-width of its 95 % interval in mJ.</param>
/// <param name="Inferences">Inferences in the window: passes times batch size.</param>
/// <param name="DurationS">Length of the window in seconds.</param>
/// <param name="Samples">Readings in the window.</param>
/// <param name="Provenance">Which sensor.</param>
public sealed record BenchmarkEnergy(
    EnergyBasis Basis, double PerInferenceMj, double? HalfWidth95Mj, long Inferences, double DurationS, long Samples, Provenance Provenance)
{
    /// <summary>The wire form of a measured energy.</summary>
    public static BenchmarkEnergy From(MeasuredEnergy energy) => new(
        energy.Basis, energy.PerInference.Millijoules, energy.HalfWidth95Mj, energy.Inferences, energy.DurationS, energy.Samples, energy.Provenance);
}

/// <summary>How a benchmark was measured: what must be the same for two of them to be compared.</summary>
public sealed record BenchmarkConditions
{
    /// <summary>Execution provider of the runtime, for example <c>cpu</c>.</summary>
    public required string ExecutionProvider { get; init; }

    /// <summary>Threads of one inference.</summary>
    public required int Threads { get; init; }

    /// <summary>Power mode of the board: governor of the processor's clock and, on a Jetson, its nvpmodel; <c>null</c> where the host names none.</summary>
    public string? PowerMode { get; init; }

    /// <summary>Temperature of the processor before the benchmark in degrees Celsius.</summary>
    public double? TemperatureBeforeC { get; init; }

    /// <summary>Temperature of the processor at the end of the active phase in degrees Celsius.</summary>
    public double? TemperatureAfterC { get; init; }

    /// <summary>Whether the processor was throttled before the benchmark; <c>null</c> where the host does not tell.</summary>
    public bool? ThrottledBefore { get; init; }

    /// <summary>Whether it was throttled at any time of the active phase; <c>null</c> where the host does not tell.</summary>
    public bool? ThrottledDuring { get; init; }

    /// <summary>Readings a second that were asked of the sensor, or <c>null</c> without one.</summary>
    public double? SamplingRateHz { get; init; }

    /// <summary>Readings that the schedule left out during the benchmark.</summary>
    public long? MissedReadings { get; init; }

    /// <summary>Mean lateness of readings in milliseconds since the sensor was opened.</summary>
    public double? MeanLateMs { get; init; }
}
