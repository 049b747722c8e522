using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Web.Library.Sources;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library;

/// <summary>Asks the sources one after another until one has the model.</summary>
internal sealed class ArtifactFetcher(IModelStore store, IEnumerable<IArtifactSource> sources, StoreWatcher watcher, IOptions<ManagerOptions> options)
{
    private readonly IReadOnlyList<IArtifactSource> _sources = SourceOrder.Of(sources, options.Value.Sources.Order);

    /// <summary>Refuses a name that no file of the store can have.</summary>
    /// <exception cref="ModelStoreException">It cannot be the name of a model.</exception>
    public static void EnsureName(string model)
    {
        // Every source saves under this name. The longest extension stands for all.
        if (ArtifactNames.Problem(model + ".safetensors") is { } problem)
            throw new ModelStoreException(problem.Replace("file name", "model name", StringComparison.Ordinal)) { Field = "model_name" };
    }

    /// <summary>The artifact that is in the store already, or <c>null</c>.</summary>
    public Task<ModelArtifact?> StoredAsync(string model, CancellationToken cancellationToken) => store.FindAsync(model, cancellationToken);

    /// <summary>The artifact from the store, else from the first source that has it.</summary>
    /// <exception cref="ModelStoreException">No source has it, with each one's reason and what to do.</exception>
    public async Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        EnsureName(model);
        if (await StoredAsync(model, cancellationToken) is { } stored)
            return stored;
        var transient = false;
        var reasons = new List<string> { "the model store has no file of it" };
        foreach (var source in _sources)
        {
            var answer = await source.TryFetchAsync(model, progress, cancellationToken);
            if (answer.Artifact is { } fetched)
            {
                watcher.Notify();
                return fetched;
            }

            transient |= answer.IsTransient;
            reasons.Add($"{source.Name} {answer.Reason}");
        }

        throw new ModelStoreException(
            $"No source has an artifact of {model}: {string.Join("; ", reasons.Distinct(StringComparer.Ordinal))}. Upload a file named {model}.onnx (POST /api/models/upload), "
            + $"or write one with random weights, which measures cost but not accuracy: models synthesize <{string.Join("|", ModelSynthesizer.Architectures)}>.")
        {
            Field = "model_name",
            IsTransient = transient,
        };
    }
}
