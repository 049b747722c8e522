using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library.Downloads;

/// <summary>A download under way with those who want it. Its owner's lock guards it.</summary>
internal sealed class DownloadJob : IDisposable
{
    private readonly TaskCompletionSource<ModelArtifact> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DownloadJob(ModelDownload begun, TimeProvider time)
    {
        Now = begun;
        Rate = new TransferRate(time);
        // Nobody may be waiting when it fails.
        _ = _completion.Task.Exception;
        _ = _completion.Task.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public ModelDownload Now { get; set; }

    public TransferRate Rate { get; }

    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Those who wait for it.</summary>
    public List<IProgress<FetchProgress>?> Waiters { get; } = [];

    /// <summary>Whether somebody asked for it without waiting, so that it goes on when nobody waits any more.</summary>
    public bool IsDetached { get; set; }

    /// <summary>When watchers were last told, as a timestamp.</summary>
    public long ToldAt { get; set; }

    public Task<ModelArtifact> Completion => _completion.Task;

    public void Succeed(ModelArtifact artifact) => _completion.TrySetResult(artifact);

    public void Fail(Exception exception) => _completion.TrySetException(exception);

    public void Dispose() => Stop.Dispose();
}
