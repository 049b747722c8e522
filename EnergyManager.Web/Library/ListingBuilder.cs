using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;

namespace EnergyManager.Web.Library;

/// <summary>
/// Merges the benchmark of a device type, completed with predictions, with the store. A model whose standard run was measured shows that; one whose was
/// not, and an ONNX file without measurements, show a prediction; any other artifact shows no figures.
/// </summary>
internal sealed class ListingBuilder(IEnergyPredictor predictor, ArtifactInspector inspector)
{
    public async Task<IReadOnlyList<ModelView>> BuildAsync(
        DeviceType device, IReadOnlyList<ModelCatalogEntry> benchmark, IReadOnlyList<ModelArtifact> artifacts, CancellationToken cancellationToken)
    {
        var thresholds = predictor.Thresholds(device.Id);
        // Of several files of one model the executable one stands for it.
        var byModel = artifacts
            .GroupBy(artifact => artifact.Model, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => g.OrderBy(a => a.Format == ".onnx" ? 0 : 1).First(), StringComparer.OrdinalIgnoreCase);
        var views = new List<ModelView>();
        foreach (var entry in benchmark)
        {
            byModel.Remove(entry.Model, out var artifact);
            views.Add(WithArtifact(View(entry, thresholds), artifact));
        }

        foreach (var artifact in byModel.Values)
            views.Add(WithArtifact(await FromArtifactAsync(artifact, device, cancellationToken), artifact));
        return [.. views.OrderBy(view => view.Model, StringComparer.Ordinal)];
    }

    private static ModelView View(ModelCatalogEntry entry, EnergyThresholds thresholds) => new()
    {
        Model = entry.Model,
        ParamsM = entry.ParamsM,
        Gmacs = entry.Gmacs,
        Gflops = entry.Gflops,
        SizeMb = entry.SizeMb,
        ActivationsM = entry.ActivationsM,
        InputWidth = entry.InputWidth,
        Precision = Word(entry.Precision),
        LatencyAvgS = entry.LatencyS,
        ThroughputIterPerS = entry.ThroughputPerS,
        EnergyMwh = entry.StandardRunEnergy?.MilliwattHours,
        EnergyPerInferenceMj = entry.EnergyPerInference?.Millijoules,
        AvgPowerW = entry.AveragePower?.Watts,
        Top1 = entry.Top1,
        EnergyCategory = entry.StandardRunEnergy is { } energy ? Word(thresholds.Classify(energy)) : null,
        Provenance = entry.Provenance.ToString(),
        Available = false,
    };

    private async Task<ModelView> FromArtifactAsync(ModelArtifact artifact, DeviceType device, CancellationToken cancellationToken)
    {
        var view = new ModelView
        {
            Model = artifact.Model,
            SizeMb = artifact.SizeBytes / 1e6,
            Top1 = ImageNetAccuracy.Find(artifact.Model)?.Top1,
            Provenance = Provenance.Unavailable.ToString(),
            Available = true,
        };
        if (await inspector.TryInspectAsync(artifact, cancellationToken) is not { } figures)
            return view;
        view = view with
        {
            ParamsM = figures.ParamsM,
            Gmacs = figures.Gmacs,
            Gflops = figures.Gmacs * 2,
            ActivationsM = figures.ActivationsM,
            InputWidth = figures.InputWidth,
            Precision = figures.Precision is { } precision ? Word(precision) : null,
        };
        try
        {
            var prediction = predictor.Predict(figures.ToRequest(artifact.Model, device.Id));
            return view with
            {
                LatencyAvgS = prediction.LatencyS,
                ThroughputIterPerS = 1 / prediction.LatencyS,
                EnergyMwh = prediction.RunEnergy.MilliwattHours,
                EnergyPerInferenceMj = prediction.EnergyPerInference.Millijoules,
                AvgPowerW = prediction.AveragePower.Watts,
                EnergyCategory = Word(prediction.Category),
                Provenance = Provenance.Predicted.ToString(),
            };
        }
        catch (PredictionRefusedException)
        {
            return view;
        }
    }

    private static ModelView WithArtifact(ModelView view, ModelArtifact? artifact) => artifact is null
        ? view
        : view with
        {
            Available = true,
            FileName = artifact.FileName,
            RandomWeights = artifact.RandomWeights,
            // A published accuracy is that of trained weights.
            Top1 = artifact.RandomWeights ? null : view.Top1,
        };

    private static string Word(Precision precision) => precision switch
    {
        Precision.Fp16 => "fp16",
        Precision.Int8 => "int8",
        _ => "fp32",
    };

    private static string Word(EnergyCategory category) => category switch
    {
        EnergyCategory.Excellent => "excellent",
        EnergyCategory.Good => "good",
        EnergyCategory.Acceptable => "acceptable",
        _ => "high",
    };
}
