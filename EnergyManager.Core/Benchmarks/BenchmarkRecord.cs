using System.Globalization;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Benchmarks;

/// <summary>One row of a benchmark file as it was published, before the audit decides what its columns mean.</summary>
public sealed record BenchmarkRecord
{
    /// <summary>Line of the row in its file; the header is line 1.</summary>
    public required int Line { get; init; }

    /// <summary>Name of the file that the row was read from.</summary>
    public string File { get; init; } = "";

    /// <summary>Name of the measurement file that the figures are from: the same, or what the <c>source</c> column of a curated table says.</summary>
    public required string Source { get; init; }

    /// <summary>Model name.</summary>
    public required string Model { get; init; }

    /// <summary>What the model name says.</summary>
    public required ModelName Name { get; init; }

    /// <summary>Parameters, in millions.</summary>
    public required double ParamsM { get; init; }

    /// <summary>Billions of floating-point operations of one inference, where the file has the column.</summary>
    public double? Gflops { get; init; }

    /// <summary>Billions of multiply-accumulate operations of one inference.</summary>
    public required double Gmacs { get; init; }

    /// <summary>Artifact size in MB.</summary>
    public required double SizeMb { get; init; }

    /// <summary>Input width in pixels.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Input height in pixels.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Number format of the weights.</summary>
    public Precision Precision { get; init; }

    /// <summary>Inputs per forward pass, or <c>null</c> where nothing shows it.</summary>
    public int? Batch { get; init; }

    /// <summary>Forward passes of the run, or <c>null</c> where nothing shows the count.</summary>
    public int? Inferences { get; init; }

    /// <summary>Forward passes that the campaign appears to have used, where that cannot be shown.</summary>
    public int? LikelyInferences { get; init; }

    /// <summary>True when the row came with its parameter and GMACs columns permuted: a trace of the set-up that wrote it.</summary>
    public bool ColumnsWerePermuted { get; init; }

    /// <summary>True when the stated number of forward passes was wrong.</summary>
    public bool CountWasRepaired { get; init; }

    /// <summary>The latency column in seconds, where the file has it. Some files hold the duration of the run there.</summary>
    public double? LatencyS { get; init; }

    /// <summary>Standard deviation of the latency column over the repeats in seconds, where the file has it.</summary>
    public double? LatencyStdS { get; init; }

    /// <summary>Energies of the repeats in mWh, as far as the file has them.</summary>
    public IReadOnlyList<double> RepeatEnergiesMwh { get; init; } = [];

    /// <summary>Duration of the whole run in seconds, where it is known.</summary>
    public double? RunDurationS { get; init; }

    /// <summary>Energy of the whole run in mWh, mean of the repeats.</summary>
    public required double RunEnergyMwh { get; init; }

    /// <summary>Standard deviation of the run energy over the repeats in mWh, where known.</summary>
    public double? RunEnergyStdMwh { get; init; }

    /// <summary>Campaign, where the file has the column.</summary>
    public string Campaign { get; init; } = "";

    /// <summary>Audit codes that an earlier audit left on the row, separated by <c>;</c>.</summary>
    public string Findings { get; init; } = "";

    /// <summary>Activations of one inference in millions, where known.</summary>
    public double? ActivationsM { get; init; }

    /// <summary>Reference latency on a desktop CPU in ms, where known.</summary>
    public double? ReferenceCpuMs { get; init; }

    /// <summary>Reference time per input on a GPU in ms, where known.</summary>
    public double? ReferenceGpuMs { get; init; }

    /// <summary>Campaign of rows whose file states the number of forward passes.</summary>
    internal static string CampaignOf(int passes) => string.Create(CultureInfo.InvariantCulture, $"passes-{passes}");

    /// <summary>Average power in W if the run held <paramref name="passes"/> forward passes of the stated latency.</summary>
    public double? PowerAt(int passes) => LatencyS is { } latency ? RunEnergyMwh * Energy.JoulesPerMilliwattHour / (latency * passes) : null;

    /// <summary>Energy of one forward pass in mWh, where the count is known.</summary>
    public double? EnergyPerPassMwh => Inferences is { } n ? RunEnergyMwh / n : null;

    /// <summary>Average power of the run in W, where its duration is known.</summary>
    public double? AveragePowerW => RunDurationS is { } s ? RunEnergyMwh * Energy.JoulesPerMilliwattHour / s : null;

    /// <summary>Bytes of artifact per parameter: about 4 in fp32, 2 in fp16, 1 in int8.</summary>
    public double BytesPerParameter => SizeMb / ParamsM;

    /// <summary>
    /// The row with the meaning that its columns claim: the run lasts the stated duration, or latency times stated count,
    /// or, where neither is stated, what the latency column holds.
    /// </summary>
    public BenchmarkRow ToRow() =>
        new()
        {
            Model = Model,
            Architecture = Name.Architecture,
            Family = Name.Family,
            Precision = Precision,
            ParamsM = ParamsM,
            Gmacs = Gmacs,
            SizeMb = SizeMb,
            InputWidth = InputWidth,
            InputHeight = InputHeight,
            Batch = Batch,
            Inferences = Inferences,
            LikelyInferences = LikelyInferences,
            RunDurationS = RunDurationS ?? LatencyS ?? 0,
            RunEnergyMwh = RunEnergyMwh,
            RunEnergyStdMwh = RunEnergyStdMwh,
            Campaign = Campaign,
            Source = Source,
            Findings = Findings,
            ActivationsM = ActivationsM,
            ReferenceCpuMs = ReferenceCpuMs,
            ReferenceGpuMs = ReferenceGpuMs,
        };
}
