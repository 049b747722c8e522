using System.Collections.Concurrent;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Recommendation;

namespace EnergyManager.Web.Library;

/// <summary>What was measured and published of models, by device type; each is put together once.</summary>
internal sealed class ModelCatalogs
{
    private readonly ConcurrentDictionary<string, Catalog> _catalogs = new(StringComparer.Ordinal);

    public IReadOnlyList<ModelCatalogEntry> Of(DeviceType device) => Get(device).Entries;

    public ModelCatalogEntry? Find(DeviceType device, string model) => Get(device).ByModel.GetValueOrDefault(model);

    private Catalog Get(DeviceType device) => _catalogs.GetOrAdd(
        device.Id,
        static (_, device) =>
        {
            var entries = ModelCatalog.Of(BenchmarkCatalog.Load(device));
            return new Catalog(entries, entries.DistinctBy(e => e.Model, StringComparer.OrdinalIgnoreCase).ToDictionary(e => e.Model, StringComparer.OrdinalIgnoreCase));
        },
        device);

    private sealed record Catalog(IReadOnlyList<ModelCatalogEntry> Entries, IReadOnlyDictionary<string, ModelCatalogEntry> ByModel);
}
