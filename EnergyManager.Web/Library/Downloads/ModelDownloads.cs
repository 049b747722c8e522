using EnergyManager.Core.ModelStore;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library.Downloads;

/// <inheritdoc cref="IModelDownloads"/>
internal sealed partial class ModelDownloads(ArtifactFetcher fetcher, IOptions<ManagerOptions> options, TimeProvider time, ILogger<ModelDownloads> log)
    : IModelDownloads, IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly DownloadOptions _options = options.Value.Downloads;
    private readonly Subscribers<ModelDownload> _subscribers = new(log);

    // A hundred at most, and looked through a few times a second: lists do.
    private readonly List<DownloadJob> _queued = [];
    private readonly List<DownloadJob> _running = [];
    private readonly List<Task> _tasks = [];
    private readonly List<ModelDownload> _ended = [];
    private bool _disposed;

    public ModelDownload Start(string model)
    {
        ArtifactFetcher.EnsureName(model);
        DownloadJob job;
        lock (_gate)
        {
            job = Join(model);
            job.IsDetached = true;
            Pump();
        }

        _subscribers.Notify(job.Now);
        return job.Now;
    }

    public async Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        ArtifactFetcher.EnsureName(model);
        // What is here does not stand in line.
        if (await fetcher.StoredAsync(model, cancellationToken) is { } stored)
            return stored;
        DownloadJob job;
        lock (_gate)
        {
            job = Join(model);
            job.Waiters.Add(progress);
            Pump();
        }

        _subscribers.Notify(job.Now);
        try
        {
            return await job.Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (Leave(job, progress))
                await job.Completion.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }
    }

    public IReadOnlyList<ModelDownload> List()
    {
        lock (_gate)
        {
            Forget();
            return [.. _running.Select(job => job.Now), .. _queued.Select(job => job.Now), .. Enumerable.Reverse(_ended)];
        }
    }

    public ModelDownload? Find(string downloadId)
    {
        lock (_gate)
        {
            Forget();
            return Job(downloadId)?.Now ?? _ended.Find(download => download.DownloadId == downloadId);
        }
    }

    public ModelDownload? Cancel(string downloadId)
    {
        DownloadJob? job;
        lock (_gate)
            job = Job(downloadId);
        if (job is not null)
            Cancel(job);
        return Find(downloadId);
    }

    public IDisposable Subscribe(Action<ModelDownload> changed) => _subscribers.Add(changed);

    /// <summary>Ends what is under way without waiting for it: for a command that is done.</summary>
    public void Dispose() => StopAll();

    public async ValueTask DisposeAsync() => await Task.WhenAll(StopAll());

    private Task[] StopAll()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var job in _running)
                _ = job.Stop.CancelAsync();
            foreach (var job in _queued)
            {
                job.Fail(Cancelled(job));
                job.Dispose();
            }

            _queued.Clear();
            return [.. _tasks];
        }
    }

    private DownloadJob? Job(string downloadId) =>
        _running.Find(job => job.Now.DownloadId == downloadId) ?? _queued.Find(job => job.Now.DownloadId == downloadId);

    /// <summary>The download of the model that is under way, else a new one at the end of the queue.</summary>
    private DownloadJob Join(string model)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        // One that is being cancelled is nobody's to join.
        if (_running.Concat(_queued).FirstOrDefault(job => job.Now.Model == model && !job.Stop.IsCancellationRequested) is { } known)
            return known;
        if (_queued.Count >= _options.Queue)
        {
            throw new ModelStoreException($"{_queued.Count} downloads are waiting, as many as may (EnergyManager__Downloads__Queue): wait for some, or cancel them (DELETE /api/models/downloads/<id>).")
            { Field = "downloads" };
        }

        var job = new DownloadJob(
            new ModelDownload { DownloadId = Guid.NewGuid().ToString("N"), Model = model, State = DownloadState.Queued, RequestedAt = time.GetUtcNow() }, time);
        _queued.Add(job);
        return job;
    }

    /// <summary>Starts what may run: first what somebody waits for.</summary>
    private void Pump()
    {
        // A model whose cancelled download is still ending waits for that end: both would write the same part.
        while (!_disposed && _running.Count < _options.AtOnce
            && (_queued.Find(job => job.Waiters.Count > 0 && MayRun(job)) ?? _queued.Find(MayRun)) is { } next)
        {
            _queued.Remove(next);
            _running.Add(next);
            next.Now = next.Now with { State = DownloadState.Running, Stage = FetchStage.Searching };
            _tasks.RemoveAll(task => task.IsCompleted);
            _tasks.Add(Task.Run(() => RunAsync(next), CancellationToken.None));
        }

        bool MayRun(DownloadJob job) => !_running.Exists(other => other.Now.Model == job.Now.Model);
    }

    private async Task RunAsync(DownloadJob job)
    {
        try
        {
            var artifact = await fetcher.FetchAsync(job.Now.Model, new Progress(this, job), job.Stop.Token);
            End(job, DownloadState.Done, Words(artifact), artifact);
            job.Succeed(artifact);
        }
        catch (OperationCanceledException) when (job.Stop.IsCancellationRequested)
        {
            var cancelled = Cancelled(job);
            End(job, DownloadState.Cancelled, cancelled.Message);
            job.Fail(cancelled);
        }
        catch (ModelStoreException exception)
        {
            End(job, DownloadState.Failed, exception.Message);
            job.Fail(exception);
        }
        catch (Exception exception)
        {
            LogUnexpected(exception, job.Now.Model);
            var failure = new ModelStoreException($"{job.Now.Model} could not be fetched: {exception.Message}", exception) { Field = "file" };
            End(job, DownloadState.Failed, failure.Message);
            job.Fail(failure);
        }

        job.Dispose();
    }

    private void End(DownloadJob job, DownloadState state, string reason, ModelArtifact? artifact = null)
    {
        lock (_gate)
        {
            job.Now = job.Now with
            {
                State = state,
                Stage = null,
                Note = null,
                BytesPerSecond = null,
                EndedAt = time.GetUtcNow(),
                Reason = reason,
                FileName = artifact?.FileName,
                Executable = artifact is null ? null : IsExecutable(artifact),
                Bytes = artifact?.SizeBytes ?? job.Now.Bytes,
                TotalBytes = artifact?.SizeBytes ?? job.Now.TotalBytes,
            };
            _running.Remove(job);
            _queued.Remove(job);
            _ended.Add(job.Now);
            Forget();
            Pump();
        }

        _subscribers.Notify(job.Now);
    }

    private void Report(DownloadJob job, FetchProgress progress)
    {
        bool tell;
        IProgress<FetchProgress>?[] waiters;
        lock (_gate)
        {
            if (job.Now.HasEnded)
                return;
            if (progress.Stage == FetchStage.Downloading)
                job.Rate.Add(progress.Bytes);
            else
                job.Rate.Stop();
            var before = job.Now;
            job.Now = before with
            {
                Stage = progress.Stage,
                Source = progress.Source,
                Note = progress.Note,
                Bytes = progress.Bytes,
                TotalBytes = progress.TotalBytes,
                BytesPerSecond = job.Rate.BytesPerSecond,
                Attempts = progress.Attempt,
            };
            tell = before.Stage != progress.Stage || before.Note != progress.Note || before.Source != progress.Source
                || time.GetElapsedTime(job.ToldAt) >= TellEvery || progress.Bytes == progress.TotalBytes;
            if (tell)
                job.ToldAt = time.GetTimestamp();
            waiters = [.. job.Waiters];
        }

        if (!tell)
            return;
        foreach (var waiter in waiters)
            waiter?.Report(progress);
        _subscribers.Notify(job.Now);
    }

    /// <summary>Ends a download that waits at once; one that runs ends itself.</summary>
    private void Cancel(DownloadJob job)
    {
        bool waited;
        lock (_gate)
        {
            if (job.Now.HasEnded)
                return;
            // Not Cancel: it would run what waits for the token under this lock.
            _ = job.Stop.CancelAsync();
            waited = _queued.Remove(job);
        }

        if (!waited)
            return;
        var cancelled = Cancelled(job);
        End(job, DownloadState.Cancelled, cancelled.Message);
        job.Fail(cancelled);
        job.Dispose();
    }

    /// <summary>Somebody does not wait any more.</summary>
    /// <returns>Whether the download ends with it.</returns>
    private bool Leave(DownloadJob job, IProgress<FetchProgress>? progress)
    {
        lock (_gate)
        {
            job.Waiters.Remove(progress);
            if (job.Waiters.Count > 0 || job.IsDetached || job.Now.HasEnded)
                return false;
        }

        Cancel(job);
        return true;
    }

    private void Forget()
    {
        var before = time.GetUtcNow() - _options.KeepFor;
        _ended.RemoveAll(download => download.EndedAt < before);
        if (_ended.Count > _options.Kept)
            _ended.RemoveRange(0, _ended.Count - _options.Kept);
    }

    private static ModelStoreException Cancelled(DownloadJob job) => new(
        job.Now.Bytes > 0
            ? $"The download of {job.Now.Model} was cancelled. What came is kept for a day: ask for it again and it goes on from there."
            : $"The download of {job.Now.Model} was cancelled.")
    { Field = "download" };

    private static string Words(ModelArtifact artifact) => IsExecutable(artifact)
        ? $"{artifact.FileName} is in the model store."
        : $"{artifact.FileName} is in the model store. The agent runs ONNX only: it can deliver this file, but not run it.";

    private static bool IsExecutable(ModelArtifact artifact) => artifact.Format == ".onnx";

    [LoggerMessage(LogLevel.Error, "The download of {Model} failed")]
    private partial void LogUnexpected(Exception exception, string model);

    // Not System.Progress: that one reports later and on another thread, after the end even.
    private sealed class Progress(ModelDownloads owner, DownloadJob job) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => owner.Report(job, value);
    }
}
