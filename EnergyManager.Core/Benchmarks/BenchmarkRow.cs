using EnergyManager.Core.Units;

namespace EnergyManager.Core.Benchmarks;

/// <summary>One measured run of one model on one board: a line of <c>benchmarks/devices/&lt;device&gt;.csv</c>.</summary>
public sealed record BenchmarkRow
{
    /// <summary>Model name as measured, for example <c>mobilenetv3_small_075</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Architecture: the model name without tags, resolution, precision or batch suffixes. Groups folds.</summary>
    public required string Architecture { get; init; }

    /// <summary>Family of architectures, for example <c>mobilenetv3</c>. Groups folds.</summary>
    public required string Family { get; init; }

    /// <summary>Number format of the weights.</summary>
    public Precision Precision { get; init; }

    /// <summary>Parameters, in millions.</summary>
    public required double ParamsM { get; init; }

    /// <summary>Multiply-accumulate operations of one inference, in billions (GMACs). 1 GMAC = 2 GFLOPs.</summary>
    public required double Gmacs { get; init; }

    /// <summary>Size of the artifact in MB (10^6 bytes).</summary>
    public required double SizeMb { get; init; }

    /// <summary>Input width in pixels.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Input height in pixels.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Inputs per forward pass, or <c>null</c> where nothing shows it.</summary>
    public int? Batch { get; init; } = 1;

    /// <summary>Forward passes in the run, or <c>null</c> where the count cannot be shown.</summary>
    public int? Inferences { get; init; }

    /// <summary>
    /// Forward passes that the campaign appears to have used, where nothing shows the count. An assumption for whoever needs an
    /// absolute latency; never the base of a figure with provenance <c>benchmark</c>.
    /// </summary>
    public int? LikelyInferences { get; init; }

    /// <summary>Duration of the whole run in seconds.</summary>
    public required double RunDurationS { get; init; }

    /// <summary>Energy of the whole run in mWh (whole board, mean of the repeats).</summary>
    public required double RunEnergyMwh { get; init; }

    /// <summary>Standard deviation of the run energy over the repeats, in mWh, where known.</summary>
    public double? RunEnergyStdMwh { get; init; }

    /// <summary>Set of rows measured with one set-up (board, runtime, batch, iteration count).</summary>
    public string Campaign { get; init; } = "";

    /// <summary>Where the row is from.</summary>
    public string Source { get; init; } = "";

    /// <summary>Codes of the audit findings and repairs that apply to the row, separated by <c>;</c>.</summary>
    public string Findings { get; init; } = "";

    /// <summary>Activations of one inference, in millions of elements, where the architecture is known.</summary>
    public double? ActivationsM { get; init; }

    /// <summary>Published reference latency on a desktop CPU (i7-12700H, fp32, batch 1), in milliseconds, where known.</summary>
    public double? ReferenceCpuMs { get; init; }

    /// <summary>Published reference time per input on a GPU (RTX 3090, mixed precision), in milliseconds, where known.</summary>
    public double? ReferenceGpuMs { get; init; }

    /// <summary>Run energy.</summary>
    public Energy RunEnergy => Energy.FromMilliwattHours(RunEnergyMwh);

    /// <summary>Average power of the run: energy over duration.</summary>
    public Power AveragePower => Power.FromWatts(RunEnergy.Joules / RunDurationS);

    /// <summary>Energy per inference, or <c>null</c> where the inference count or the batch size is unknown.</summary>
    public EnergyPerInference? EnergyPerInference => Inferences is { } n && Batch is { } batch ? RunEnergy.PerInference((long)n * batch) : null;

    /// <summary>Latency of one forward pass in seconds, or <c>null</c> where the inference count is unknown.</summary>
    public double? LatencyS => Inferences is { } n ? RunDurationS / n : null;
}
