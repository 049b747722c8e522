using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>Which models can be measured now.</summary>
public sealed class InstalledModels(AgentStateStore store, ArtifactStore artifacts, DesiredStateInbox inbox, InferenceEngine engine, IModelLoader loader)
{
    /// <summary>Whether a deployment is under way: it goes before any measurement.</summary>
    public bool IsDeploying =>
        store.State.Attempt is not null || (inbox.Latest is { } latest && latest.Revision != store.State.ReachedRevision);

    /// <summary>The model of a name, or the one that runs.</summary>
    /// <param name="name">The name, or <c>null</c>.</param>
    /// <param name="reason">Why there is none.</param>
    public InstalledModel? Find(string? name, out string? reason)
    {
        InstalledModel[] installed = [.. new[] { store.State.Current, store.State.Previous }.OfType<InstalledModel>()];
        var found = name is null
            ? installed.FirstOrDefault(m => m.Sha256 == engine.Active?.Sha256)
            : installed.FirstOrDefault(m => string.Equals(m.Model, name, StringComparison.Ordinal));
        reason = null;
        if (found is null)
        {
            reason = installed.Length == 0 ? "No model is installed on this device: deploy one first."
                : name is null ? $"No model runs. Name one that is installed: {Names(installed)}."
                : $"'{name}' is not installed on this device. Installed: {Names(installed)}. Deploy it first.";
        }
        else if (!File.Exists(artifacts.PathOf(found.File)))
        {
            reason = $"The file of {found.Model} is not on the device any more: deploy it again.";
        }
        return reason is null ? found : null;
    }

    public string PathOf(InstalledModel model) => artifacts.PathOf(model.File);

    public IModelRunner Load(InstalledModel model) => loader.Load(PathOf(model));

    /// <summary>Brings back the model that a hold took out of memory, if it is still the active one.</summary>
    /// <returns>Why it could not be, or <c>null</c>.</returns>
    public string? Restore(EngineHold hold)
    {
        if (hold.Model is not { } unloaded || !ReferenceEquals(engine.Active?.Runner, unloaded.Runner))
            return null;
        try
        {
            var model = new[] { store.State.Current, store.State.Previous }.FirstOrDefault(m => m?.Sha256 == unloaded.Sha256);
            if (model is null)
                return "its file is not there any more";
            hold.Reload(Load(model));
            return null;
        }
        catch (Exception exception) when (exception is ModelException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Has the desired state brought about once more: the way back when a model could not be restored.</summary>
    public void Redeploy()
    {
        if (inbox.Latest is { } latest)
            inbox.Put(latest);
    }

    private static string Names(IEnumerable<InstalledModel> models) => string.Join(", ", models.Select(m => m.Model).Distinct(StringComparer.Ordinal));
}
