using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Recommendation;

/// <summary>One model of a board's benchmark as the model library lists it.</summary>
public sealed record ModelCatalogEntry
{
    /// <summary>Model name.</summary>
    public required string Model { get; init; }

    /// <summary>Parameters, in millions.</summary>
    public required double ParamsM { get; init; }

    /// <summary>GMACs of one inference.</summary>
    public required double Gmacs { get; init; }

    /// <summary>Billions of floating-point operations of one inference: two per multiply-accumulate.</summary>
    public double Gflops => 2 * Gmacs;

    /// <summary>Artifact size in MB.</summary>
    public required double SizeMb { get; init; }

    /// <summary>Input width in pixels.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Input height in pixels.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Number format of the weights.</summary>
    public required Precision Precision { get; init; }

    /// <summary>Activations of one inference in millions, where known.</summary>
    public double? ActivationsM { get; init; }

    /// <summary>Latency of one inference at batch 1 in seconds, or <c>null</c> where the benchmark does not show it.</summary>
    public double? LatencyS { get; init; }

    /// <summary>Inferences per second at batch 1, one after another.</summary>
    public double? ThroughputPerS => LatencyS is { } latency ? 1 / latency : null;

    /// <summary>Energy of the standard run, or <c>null</c> where nothing gives it yet.</summary>
    public Energy? StandardRunEnergy { get; init; }

    /// <summary>Energy of one inference at batch 1.</summary>
    public EnergyPerInference? EnergyPerInference => StandardRunEnergy?.PerInference(StandardRun.Inferences);

    /// <summary>Average power of the whole board while it runs the model.</summary>
    public Power? AveragePower { get; init; }

    /// <summary>Published ImageNet top-1 accuracy in percent, or <c>null</c>.</summary>
    public double? Top1 { get; init; }

    /// <summary>Where energy, latency and power come from.</summary>
    public Provenance Provenance { get; init; }

    /// <summary>The request that predicts the standard run of this model on a board.</summary>
    public PredictionRequest ToPredictionRequest(DeviceType device) => new()
    {
        DeviceType = device.Id,
        ModelName = Model,
        ParamsM = ParamsM,
        Gmacs = Gmacs,
        SizeMb = SizeMb,
        LatencyS = LatencyS,
        InputWidth = InputWidth,
        InputHeight = InputHeight,
        Precision = Precision,
        ActivationsM = ActivationsM,
    };

    /// <summary>The entry with a prediction of its standard run in place of the missing figures. Benchmark figures are never replaced.</summary>
    /// <exception cref="ArgumentException">The prediction is of another run than the standard run.</exception>
    public ModelCatalogEntry WithPrediction(EnergyPrediction prediction)
    {
        if (prediction.Inferences != StandardRun.Inferences)
            throw new ArgumentException($"The prediction is of {prediction.Inferences} inferences, the standard run has {StandardRun.Inferences}.", nameof(prediction));
        return StandardRunEnergy is not null ? this : this with
        {
            StandardRunEnergy = prediction.RunEnergy,
            LatencyS = prediction.LatencyS,
            AveragePower = prediction.AveragePower,
            Provenance = Provenance.Predicted,
        };
    }
}

/// <summary>Builds the model library of a board from its benchmark table.</summary>
public static class ModelCatalog
{
    /// <summary>
    /// One entry per model under its library name, in order of name. Where a model was measured several times, the row that shows the standard run
    /// (a known count at batch 1) stands, then the longest run. Without such a row the entry has no energy, latency and power,
    /// because a run of unknown length or of batches is not the standard run.
    /// </summary>
    public static IReadOnlyList<ModelCatalogEntry> Of(BenchmarkTable table) =>
    [
        .. table.Rows.GroupBy(r => ModelName.Parse(r.Model).LibraryName, StringComparer.Ordinal)
            .Select(g => EntryOf(g.Key, g.OrderByDescending(ShowsStandardRun).ThenByDescending(r => r.RunDurationS).First()))
            .OrderBy(e => e.Model, StringComparer.Ordinal),
    ];

    /// <summary>
    /// The models of a board's own table, then those of the tables of other boards, without what was measured there: another
    /// board's energy, latency and power are not this board's.
    /// </summary>
    /// <param name="table">Measurements of the board.</param>
    /// <param name="others">Measurements of other boards.</param>
    public static IReadOnlyList<ModelCatalogEntry> Of(BenchmarkTable table, IReadOnlyList<BenchmarkTable> others) =>
    [
        .. Of(table).Concat(others.SelectMany(Of).Select(WithoutMeasurements))
            .DistinctBy(e => e.Model, StringComparer.OrdinalIgnoreCase)
            .OrderBy(e => e.Model, StringComparer.Ordinal),
    ];

    private static ModelCatalogEntry WithoutMeasurements(ModelCatalogEntry entry) => entry with
    {
        LatencyS = null,
        StandardRunEnergy = null,
        AveragePower = null,
        Provenance = Provenance.Unavailable,
    };

    private static bool ShowsStandardRun(BenchmarkRow row) => row is { Inferences: not null, Batch: StandardRun.Batch };

    private static ModelCatalogEntry EntryOf(string model, BenchmarkRow row)
    {
        var shown = ShowsStandardRun(row);
        return new ModelCatalogEntry
        {
            Model = model,
            ParamsM = row.ParamsM,
            Gmacs = row.Gmacs,
            SizeMb = row.SizeMb,
            InputWidth = row.InputWidth,
            InputHeight = row.InputHeight,
            Precision = row.Precision,
            ActivationsM = row.ActivationsM,
            LatencyS = shown ? row.LatencyS : null,
            StandardRunEnergy = shown ? row.EnergyPerInference?.OfStandardRun() : null,
            AveragePower = shown ? row.AveragePower : null,
            Top1 = ImageNetAccuracy.Find(row.Model)?.Top1,
            Provenance = shown ? Provenance.Benchmark : Provenance.Unavailable,
        };
    }
}
