using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;

namespace EnergyManager.Web.Library;

/// <summary>What is known of a model by its name: from the benchmark, else from the graph of its artifact.</summary>
internal sealed class ModelRequests(ModelCatalogs catalogs, IModelStore store, ArtifactInspector inspector, DeviceTypeCatalog deviceTypes)
{
    /// <summary>The request that predicts the model's standard run, or <c>null</c> when nothing is known of it.</summary>
    /// <exception cref="PredictionRefusedException">The device type is unknown.</exception>
    public async Task<PredictionRequest?> FindAsync(string model, string? deviceType, CancellationToken cancellationToken)
    {
        if (!deviceTypes.TryResolve(deviceType, out var resolution))
            throw new PredictionRefusedException("device_type", $"'{deviceType}' is unknown. Accepted: {deviceTypes.AcceptedNames}.");
        if ((catalogs.Find(resolution.Device, model) ?? catalogs.Find(resolution.Device, ModelReference.Parse(model).Model)) is { } entry)
            return entry.ToPredictionRequest(resolution.Device) with { DeviceType = deviceType };
        if (await store.FindAsync(model, cancellationToken) is { } artifact && await inspector.TryInspectAsync(artifact, cancellationToken) is { } figures)
            return figures.ToRequest(model, deviceType);
        return null;
    }
}
