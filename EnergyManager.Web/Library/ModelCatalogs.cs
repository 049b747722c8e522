using System.Collections.Concurrent;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Boards;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;

namespace EnergyManager.Web.Library;

/// <summary>What was measured and published of models, by device type; each is put together once.</summary>
internal sealed class ModelCatalogs(OwnBoards boards)
{
    private readonly ConcurrentDictionary<string, Catalog> _catalogs = new(StringComparer.Ordinal);

    public IReadOnlyList<ModelCatalogEntry> Of(DeviceType device) => Get(device).Entries;

    public ModelCatalogEntry? Find(DeviceType device, string model) => Get(device).ByModel.GetValueOrDefault(model);

    /// <summary>The entries with a prediction wherever nothing was measured. The tables and the predictor do not change while the server runs.</summary>
    public IReadOnlyList<ModelCatalogEntry> Completed(DeviceType device, IEnergyPredictor predictor)
    {
        var catalog = Get(device);
        lock (catalog)
            return catalog.Completed ??= [.. catalog.Entries.Select(entry => Complete(entry, device, predictor))];
    }

    private static ModelCatalogEntry Complete(ModelCatalogEntry entry, DeviceType device, IEnergyPredictor predictor)
    {
        if (entry.StandardRunEnergy is not null)
            return entry;
        try
        {
            return entry.WithPrediction(predictor.Predict(entry.ToPredictionRequest(device)));
        }
        catch (PredictionRefusedException)
        {
            // Too far from everything that was measured: no figure is better than a wrong one.
            return entry;
        }
    }

    private Catalog Get(DeviceType device) => _catalogs.GetOrAdd(
        device.Id,
        static (_, args) =>
        {
            // What was measured on an own board comes first; the networks of the product can be predicted for it.
            var others = args.boards.Find(args.device) is null ? [] : DeviceTypes.All.Select(BenchmarkCatalog.Load);
            var entries = ModelCatalog.Of(args.boards.TableOf(args.device), [.. others]);
            return new Catalog(entries, entries.DistinctBy(e => e.Model, StringComparer.OrdinalIgnoreCase).ToDictionary(e => e.Model, StringComparer.OrdinalIgnoreCase));
        },
        (boards, device));

    private sealed record Catalog(IReadOnlyList<ModelCatalogEntry> Entries, IReadOnlyDictionary<string, ModelCatalogEntry> ByModel)
    {
        public IReadOnlyList<ModelCatalogEntry>? Completed { get; set; }
    }
}
