using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Features;

/// <summary>
/// An ordered list of features. Quantities that span orders of magnitude enter as natural logarithms: ratios of them are
/// then differences, and a threshold means the same factor everywhere.
/// </summary>
public sealed class FeatureSet
{
    private static readonly Feature[] Graph =
    [
        Feature.Log("log_params_m", Figure.ParamsM),
        Feature.Log("log_gmacs", Figure.Gmacs),
        Feature.Log("log_size_mb", Figure.SizeMb),
        Feature.LogRatio("log_bytes_per_param", Figure.SizeMb, Figure.ParamsM),
        Feature.LogRatio("log_gmacs_per_mb", Figure.Gmacs, Figure.SizeMb),
        Feature.Log("log_pixels", Figure.Pixels),
        Feature.LogRatio("log_gmacs_per_pixel", Figure.Gmacs, Figure.Pixels),
        Feature.Plain("block_kind", Figure.BlockKind),
        Feature.Plain("precision_bits", Figure.PrecisionBits),
        Feature.Plain("tagged_name", Figure.IsTagged),
        Feature.Plain("batch", Figure.Batch),
        Feature.Log("log_activations_m", Figure.ActivationsM),
        Feature.LogRatio("log_gmacs_per_activation", Figure.Gmacs, Figure.ActivationsM),
    ];

    private static readonly Feature[] References =
    [
        Feature.Log("log_reference_cpu_ms", Figure.ReferenceCpuMs),
        Feature.Log("log_reference_gpu_ms", Figure.ReferenceGpuMs),
        Feature.LogRatio("log_reference_gmacs_per_s", Figure.Gmacs, Figure.ReferenceCpuMs),
    ];

    // How fast the network is elsewhere, per unit of work: what keeps a desktop waiting keeps a board waiting.
    private static readonly Feature[] RunReferences =
    [
        Feature.LogRatio("log_latency_per_reference_cpu", Figure.LatencyPerInputS, Figure.ReferenceCpuMs),
        Feature.LogRatio("log_latency_per_reference_gpu", Figure.LatencyPerInputS, Figure.ReferenceGpuMs),
        Feature.LogRatio("log_reference_gmacs_per_s", Figure.Gmacs, Figure.ReferenceCpuMs),
        Feature.LogRatio("log_reference_gpu_gmacs_per_s", Figure.Gmacs, Figure.ReferenceGpuMs),
        Feature.LogRatio("log_reference_cpu_per_gpu", Figure.ReferenceCpuMs, Figure.ReferenceGpuMs),
    ];

    private static readonly Feature[] Run =
    [
        Feature.Log("log_latency_s", Figure.LatencyPerInputS),
        Feature.LogRatio("log_gmacs_per_s", Figure.Gmacs, Figure.LatencyPerInputS),
        Feature.LogRatio("log_size_mb_per_s", Figure.SizeMb, Figure.LatencyS),
        Feature.LogRatio("log_activations_m_per_s", Figure.ActivationsM, Figure.LatencyPerInputS),
        Feature.Log("log_run_duration_s", Figure.RunDurationS),
        Feature.LogRatio("log_gmacs_per_run_second", Figure.Gmacs, Figure.RunDurationS),
    ];

    private readonly Feature[] _features;
    // Each figure is read, and its logarithm taken, once a row, however many features use it.
    private readonly Figure[] _figures;
    private readonly Term[] _terms;

    /// <summary>Position of <c>log_gmacs</c>, the same in every set.</summary>
    public const int LogGmacsIndex = 1;

    private FeatureSet(params Feature[] features)
    {
        _features = features;
        Names = [.. features.Select(f => f.Name)];
        _figures = [.. features.SelectMany(f => (Figure?[])[f.Figure, f.Per]).OfType<Figure>().Distinct()];
        _terms = Array.ConvertAll(features, f => new Term(
            Array.IndexOf(_figures, f.Figure), f.Per is { } per ? Array.IndexOf(_figures, per) : Term.None, f.IsLogarithm));
    }

    /// <summary>Features of the power of a model that ran on the device.</summary>
    public static FeatureSet Measured { get; } = new([.. Graph, .. Run, .. RunReferences]);

    /// <summary><see cref="Measured"/> and the campaign whose set-up the board has.</summary>
    public static FeatureSet MeasuredInCampaign { get; } = new([.. Graph, .. Run, .. RunReferences, Feature.Plain("campaign_level", Figure.CampaignLevel)]);

    /// <summary>Features of the power and latency of a model that has not run on the device.</summary>
    public static FeatureSet Static { get; } = new([.. Graph, .. References]);

    /// <summary>Number of features.</summary>
    public int Count => _features.Length;

    /// <summary>The features in order.</summary>
    public IReadOnlyList<Feature> Features => _features;

    /// <summary>Names in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Writes the features of one model. Allocates nothing.</summary>
    /// <param name="figures">The model.</param>
    /// <param name="row">As long as <see cref="Count"/>.</param>
    public void Fill(in ModelFigures figures, Span<double> row)
    {
        Span<double> values = stackalloc double[_figures.Length];
        Span<double> logarithms = stackalloc double[_figures.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = figures.Value(_figures[i]);
            logarithms[i] = Math.Log(values[i]);
        }

        for (var i = 0; i < _terms.Length; i++)
        {
            var term = _terms[i];
            row[i] = !term.IsLogarithm ? values[term.Figure]
                : term.Per == Term.None ? logarithms[term.Figure]
                : logarithms[term.Figure] - logarithms[term.Per];
        }
    }

    /// <summary>The features of several models.</summary>
    public FeatureMatrix Matrix(IReadOnlyList<ModelFigures> models)
    {
        var values = new double[models.Count * Count];
        for (var i = 0; i < models.Count; i++)
            Fill(models[i], values.AsSpan(i * Count, Count));
        return new FeatureMatrix(Count, values);
    }

    /// <summary>A feature with its figures as places in the list of figures.</summary>
    private readonly record struct Term(int Figure, int Per, bool IsLogarithm)
    {
        public const int None = -1;
    }
}
