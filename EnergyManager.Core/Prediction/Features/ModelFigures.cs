using System.Runtime.InteropServices;
using EnergyManager.Core.Benchmarks;

namespace EnergyManager.Core.Prediction.Features;

/// <summary>What the features are computed from: the figures of one model, and of its run where there was one. NaN is unknown.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ModelFigures
{
    /// <summary>Figures of which only the required ones are known.</summary>
    public ModelFigures()
    {
    }

    /// <summary>Parameters, in millions.</summary>
    public required double ParamsM { get; init; }

    /// <summary>GMACs of one inference.</summary>
    public required double Gmacs { get; init; }

    /// <summary>Artifact size in MB (10^6 bytes).</summary>
    public required double SizeMb { get; init; }

    /// <summary>Input pixels: width times height.</summary>
    public required double Pixels { get; init; }

    /// <summary>Weight format.</summary>
    public required Precision Precision { get; init; }

    /// <summary>What the network is built from.</summary>
    public BlockKind Blocks { get; init; }

    /// <summary>
    /// 1 for a name with a training tag (<c>resnet18.a1_in1k</c>), 0 for one without. Tagged networks were measured with a
    /// later release of model library and runtime, which draws another power at the same speed.
    /// </summary>
    public double IsTagged { get; init; } = double.NaN;

    /// <summary>Inputs per forward pass.</summary>
    public double Batch { get; init; } = 1;

    /// <summary>Seconds of one forward pass on the device.</summary>
    public double LatencyS { get; init; } = double.NaN;

    /// <summary>Seconds per inference.</summary>
    public double LatencyPerInputS => LatencyS / Batch;

    /// <summary>Seconds of the whole run, also where the number of inferences is unknown.</summary>
    public double RunDurationS { get; init; } = double.NaN;

    /// <summary>Activations of one inference, in millions of elements.</summary>
    public double ActivationsM { get; init; } = double.NaN;

    /// <summary>Published latency on a desktop CPU, in ms.</summary>
    public double ReferenceCpuMs { get; init; } = double.NaN;

    /// <summary>Published time per input on a GPU, in ms.</summary>
    public double ReferenceGpuMs { get; init; } = double.NaN;

    /// <summary>
    /// Campaign of the benchmark table whose set-up (runtime, supply, batch) the board has, or <c>null</c> where that is not
    /// known: boards of one type differ in their level of power more between set-ups than models do.
    /// </summary>
    public string? Campaign { get; init; }

    /// <summary>Place of <see cref="Campaign"/> among the campaigns of the table, by mean power; NaN where it is not one of them.</summary>
    public double CampaignLevel { get; init; } = double.NaN;

    /// <summary>Whether a run on the device is known, by its latency or its duration.</summary>
    public bool HasRun => !double.IsNaN(RunDurationS) || !double.IsNaN(LatencyS);

    /// <summary>Whether something is known that only a published name tells: what the network is built from, or how fast it is elsewhere.</summary>
    public bool IsNamed => Blocks != BlockKind.Unknown || !double.IsNaN(ReferenceCpuMs) || !double.IsNaN(ReferenceGpuMs);

    /// <summary>The same network as an ONNX file tells of it: what only a published name gives is not known.</summary>
    public ModelFigures WithoutName() => this with
    {
        Blocks = BlockKind.Unknown,
        IsTagged = double.NaN,
        ReferenceCpuMs = double.NaN,
        ReferenceGpuMs = double.NaN,
    };

    /// <summary>The same network as a few typed figures tell of it: neither name nor graph is known.</summary>
    public ModelFigures WithoutGraph() => WithoutName() with { ActivationsM = double.NaN };

    /// <summary>The figures of a measured row.</summary>
    public static ModelFigures Of(BenchmarkRow row) => new()
    {
        ParamsM = row.ParamsM,
        Gmacs = row.Gmacs,
        SizeMb = row.SizeMb,
        Pixels = (double)row.InputWidth * row.InputHeight,
        Precision = row.Precision,
        Blocks = BlockKinds.Of(row.Family),
        IsTagged = ModelName.Parse(row.Model).Tag is null ? 0 : 1,
        Batch = row.Batch ?? double.NaN,
        LatencyS = row.LatencyS ?? double.NaN,
        RunDurationS = row.RunDurationS,
        ActivationsM = row.ActivationsM ?? double.NaN,
        ReferenceCpuMs = row.ReferenceCpuMs ?? double.NaN,
        ReferenceGpuMs = row.ReferenceGpuMs ?? double.NaN,
        Campaign = row.Campaign.Length > 0 ? row.Campaign : null,
    };

    /// <summary>
    /// Seconds of one inference of a measured row, from the likely inference count where no count is known; NaN without either.
    /// Only latency is learned from it: an energy or power never rests on a likely count.
    /// </summary>
    public static double LikelyLatencyPerInputS(BenchmarkRow row) =>
        row.RunDurationS / (row.Inferences ?? row.LikelyInferences) / row.Batch ?? double.NaN;
}
