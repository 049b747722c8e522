using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library.Downloads;

/// <summary>Downloads of models into the store: a few at once, one per model, watched and cancelled from anywhere.</summary>
public interface IModelDownloads
{
    /// <summary>Asks for a model and returns at once. Whoever asks for a model that is under way joins its download.</summary>
    /// <exception cref="ModelStoreException">The name cannot be a model's, or too many wait already.</exception>
    ModelDownload Start(string model);

    /// <summary>Asks for a model and waits. Those that somebody waits for come before those that were only asked for.</summary>
    /// <param name="model">Model name.</param>
    /// <param name="progress">Told of progress, at most a few times a second.</param>
    /// <param name="cancellationToken">Stops waiting; the download ends too when nobody else wants it.</param>
    /// <exception cref="ModelStoreException">No source has it, somebody cancelled it, or too many wait already.</exception>
    Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Downloads that wait or are under way, in their order, then those that ended, newest first.</summary>
    IReadOnlyList<ModelDownload> List();

    /// <summary>One download, or <c>null</c> when there was none or it ended too long ago.</summary>
    ModelDownload? Find(string downloadId);

    /// <summary>Ends a download, whoever wants it. Nothing happens to one that has ended.</summary>
    /// <returns>The download as it is now, or <c>null</c>.</returns>
    ModelDownload? Cancel(string downloadId);

    /// <summary>Calls back when a download began, came on or ended. Dispose to stop.</summary>
    IDisposable Subscribe(Action<ModelDownload> changed);
}
