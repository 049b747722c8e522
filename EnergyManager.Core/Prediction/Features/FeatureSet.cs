using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Features;

/// <summary>One feature: its name and how it follows from the figures of a model. NaN where a figure is unknown.</summary>
/// <param name="Name">Name in snake_case, as it appears in explanations.</param>
/// <param name="Compute">The value.</param>
public sealed record Feature(string Name, Func<ModelFigures, double> Compute);

/// <summary>
/// An ordered list of features. Quantities that span orders of magnitude enter as natural logarithms: ratios of them are
/// then differences, and a threshold means the same factor everywhere.
/// </summary>
public sealed class FeatureSet
{
    private static readonly Feature[] Graph =
    [
        new("log_params_m", f => Math.Log(f.ParamsM)),
        new("log_gmacs", f => Math.Log(f.Gmacs)),
        new("log_size_mb", f => Math.Log(f.SizeMb)),
        new("log_bytes_per_param", f => Math.Log(f.SizeMb / f.ParamsM)),
        new("log_gmacs_per_mb", f => Math.Log(f.Gmacs / f.SizeMb)),
        new("log_pixels", f => Math.Log(f.Pixels)),
        new("log_gmacs_per_pixel", f => Math.Log(f.Gmacs / f.Pixels)),
        new("block_kind", f => f.Blocks == BlockKind.Unknown ? double.NaN : (int)f.Blocks),
        new("precision_bits", f => f.Precision switch { Benchmarks.Precision.Int8 => 8, Benchmarks.Precision.Fp16 => 16, _ => 32 }),
        new("tagged_name", f => f.IsTagged),
        new("batch", f => f.Batch),
        new("log_activations_m", f => Math.Log(f.ActivationsM)),
        new("log_gmacs_per_activation", f => Math.Log(f.Gmacs / f.ActivationsM)),
    ];

    private static readonly Feature[] References =
    [
        new("log_reference_cpu_ms", f => Math.Log(f.ReferenceCpuMs)),
        new("log_reference_gpu_ms", f => Math.Log(f.ReferenceGpuMs)),
        new("log_reference_gmacs_per_s", f => Math.Log(f.Gmacs / f.ReferenceCpuMs)),
    ];

    private static readonly Feature[] Run =
    [
        new("log_latency_s", f => Math.Log(f.LatencyS / f.Batch)),
        new("log_gmacs_per_s", f => Math.Log(f.Gmacs * f.Batch / f.LatencyS)),
        new("log_size_mb_per_s", f => Math.Log(f.SizeMb / f.LatencyS)),
        new("log_activations_m_per_s", f => Math.Log(f.ActivationsM / f.LatencyPerInputS)),
        new("log_run_duration_s", f => Math.Log(f.RunDurationS)),
        new("log_gmacs_per_run_second", f => Math.Log(f.Gmacs / f.RunDurationS)),
    ];

    private readonly Feature[] _features;

    /// <summary>Position of <c>log_gmacs</c>, the same in every set.</summary>
    public const int LogGmacsIndex = 1;

    private FeatureSet(params Feature[] features)
    {
        _features = features;
        Names = [.. features.Select(f => f.Name)];
    }

    /// <summary>Features of the power of a model that ran on the device.</summary>
    public static FeatureSet Measured { get; } = new([.. Graph, .. Run]);

    /// <summary>Features of the power and latency of a model that has not run on the device.</summary>
    public static FeatureSet Static { get; } = new([.. Graph, .. References]);

    /// <summary>Number of features.</summary>
    public int Count => _features.Length;

    /// <summary>Names in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Writes the features of one model.</summary>
    /// <param name="figures">The model.</param>
    /// <param name="row">As long as <see cref="Count"/>.</param>
    public void Fill(ModelFigures figures, Span<double> row)
    {
        for (var i = 0; i < _features.Length; i++)
            row[i] = _features[i].Compute(figures);
    }

    /// <summary>The features of several models.</summary>
    public FeatureMatrix Matrix(IReadOnlyList<ModelFigures> models)
    {
        var values = new double[models.Count * Count];
        for (var i = 0; i < models.Count; i++)
            Fill(models[i], values.AsSpan(i * Count, Count));
        return new FeatureMatrix(Count, values);
    }
}
