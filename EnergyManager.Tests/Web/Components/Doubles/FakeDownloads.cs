using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Library;
using EnergyManager.Web.Library.Downloads;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Downloads that come on as a test says.</summary>
public sealed class FakeDownloads : IModelDownloads
{
    private readonly List<ModelDownload> _downloads = [];
    private Action<ModelDownload>? _changed;

    /// <summary>Downloads that may be asked for before more are refused.</summary>
    public int Room { get; set; } = 100;

    public List<string> Cancelled { get; } = [];

    public ModelDownload Start(string model)
    {
        if (_downloads.Count >= Room)
            throw new ModelStoreException("Too many downloads are waiting: wait for some.") { Field = "downloads" };
        var download = new ModelDownload
        {
            DownloadId = $"id-of-{model}",
            Model = model,
            State = DownloadState.Queued,
            RequestedAt = DateTimeOffset.UnixEpoch.AddSeconds(_downloads.Count),
        };
        _downloads.Add(download);
        return download;
    }

    /// <summary>Brings a download on and tells who watches.</summary>
    public void Put(string model, Func<ModelDownload, ModelDownload> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var index = _downloads.FindIndex(download => download.Model == model);
        _downloads[index] = change(_downloads[index]);
        _changed?.Invoke(_downloads[index]);
    }

    public IReadOnlyList<ModelDownload> List() => [.. _downloads];

    public ModelDownload? Find(string downloadId) => _downloads.Find(download => download.DownloadId == downloadId);

    public ModelDownload? Cancel(string downloadId)
    {
        Cancelled.Add(downloadId);
        Put(Find(downloadId)!.Model, download => download with { State = DownloadState.Cancelled, Reason = "It was cancelled." });
        return Find(downloadId);
    }

    public IDisposable Subscribe(Action<ModelDownload> changed)
    {
        _changed += changed;
        return new Ending(() => _changed -= changed);
    }

    public Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken) =>
        Task.FromException<ModelArtifact>(new ModelStoreException($"No source has {model}."));
}
