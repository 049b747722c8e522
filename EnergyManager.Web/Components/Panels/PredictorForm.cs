using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Components.Panels;

/// <summary>What is typed into the energy predictor.</summary>
public sealed record PredictorForm
{
    public string? ModelName { get; init; }
    public double? ParamsM { get; init; }
    public double? Gmacs { get; init; }
    public double? SizeMb { get; init; }

    /// <summary>Milliseconds, as the form asks for them.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Whether the latency is that of the benchmark's board: another unit of it may take another time.</summary>
    public bool LatencyIsBenchmark { get; init; }

    public int? InputSize { get; init; } = 224;

    /// <summary>Activations in millions of elements: known from a graph only, not asked for.</summary>
    public double? ActivationsM { get; init; }

    /// <summary>Weight format: known from a graph only, not asked for.</summary>
    public Precision? Precision { get; init; }

    public int? Inferences { get; init; } = StandardRun.Inferences;

    /// <summary>The figures of a model of the library.</summary>
    public static PredictorForm From(ModelView model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new()
        {
            ModelName = model.Model,
            ParamsM = Readable(model.ParamsM),
            Gmacs = Readable(model.Gmacs ?? model.Gflops / 2),
            SizeMb = Readable(model.SizeMb),
            InputSize = model.InputWidth ?? 224,
            ActivationsM = model.ActivationsM,
            Precision = Enum.TryParse<Precision>(model.Precision, ignoreCase: true, out var precision) ? precision : null,
            // A predicted latency given back as a known one would pass for a measurement.
            LatencyMs = model.Provenance == Provenance.Benchmark.ToString() ? Readable(model.LatencyAvgS * 1000) : null,
            LatencyIsBenchmark = model.Provenance == Provenance.Benchmark.ToString(),
        };
    }

    // Five significant digits: far finer than any measurement here, and short enough for a field.
    internal static double? Readable(double? value) =>
        value is { } v && double.IsFinite(v) ? double.Parse(v.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;

    /// <summary>Fields that must be given and are not, in snake_case as the contract names them.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. new (string Field, bool Given)[] { ("params_m", ParamsM is > 0), ("gmacs", Gmacs is > 0), ("size_mb", SizeMb is > 0), ("inferences", Inferences is > 0) }
            .Where(required => !required.Given)
            .Select(required => required.Field),
    ];

    /// <summary>The request, or <c>null</c> while a field is missing.</summary>
    public PredictionRequest? ToRequest(string? deviceType) =>
        Missing.Count > 0
            ? null
            : new PredictionRequest
            {
                DeviceType = deviceType,
                ModelName = string.IsNullOrWhiteSpace(ModelName) ? null : ModelName.Trim(),
                ParamsM = ParamsM!.Value,
                Gmacs = Gmacs!.Value,
                SizeMb = SizeMb!.Value,
                LatencyS = LatencyMs / 1000,
                InputWidth = InputSize ?? 224,
                InputHeight = InputSize ?? 224,
                Inferences = Inferences!.Value,
                ActivationsM = ActivationsM,
                Precision = Precision,
            };
}
