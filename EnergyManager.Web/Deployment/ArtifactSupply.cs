using System.Collections.Concurrent;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Library;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Deployment;

/// <summary>
/// Gets a deployment's artifact into the store and offers it to the device. Works on after the request has been answered, on
/// each deployment by itself: a fetch that hangs delays no other.
/// </summary>
internal sealed class ArtifactSupply(
    IModelLibrary library, SqliteDeploymentStore store, DeploymentJournal journal, IOptions<ManagerOptions> options, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<ArtifactSupply> logger)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    private readonly DeploymentOptions _options = options.Value.Deployment;
    private readonly ConcurrentDictionary<string, Work> _running = new(StringComparer.Ordinal);

    /// <summary>Starts, and returns when it is done or after a moment.</summary>
    public async Task StartAsync(string deploymentId, CancellationToken cancellationToken) =>
        await Task.WhenAny(Start(deploymentId), Task.Delay(AnswerWithin, time, cancellationToken));

    /// <summary>Starts unless it runs already.</summary>
    public Task Start(string deploymentId)
    {
        var work = _running.GetOrAdd(deploymentId, id => new Work(() => RunAsync(id)));
        return work.Task.Value;
    }

    public bool IsRunning(string deploymentId) => _running.ContainsKey(deploymentId);

    private async Task RunAsync(string deploymentId)
    {
        var stopping = lifetime.ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        // Superseded, withdrawn, device removed: nobody waits for it any more.
        using var watch = journal.Subscribe(view =>
        {
            if (view.DeploymentId == deploymentId && DeploymentTransitions.IsSettled(view.State))
                ended.Cancel();
        });
        try
        {
            await SupplyAsync(deploymentId, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // When the server stops, the deployment stays as it is, and goes on when the server starts again.
        }
        catch (Exception e)
        {
            logger.LogError(e, "Deployment {Deployment} could not be supplied", deploymentId);
            journal.Fail(deploymentId, Sentence.Of($"The artifact could not be provided: {e.Message}"));
        }
        finally
        {
            journal.ForgetFetch(deploymentId);
            _running.TryRemove(deploymentId, out _);
        }
    }

    private async Task SupplyAsync(string deploymentId, CancellationToken ended)
    {
        if (store.Find(deploymentId) is not { State: DeploymentState.Requested or DeploymentState.Fetching } record)
            return;
        if (record.Artifact is { } pinned)
        {
            await OfferPinnedAsync(deploymentId, pinned, ended);
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            string why;
            try
            {
                if (await FetchAsync(record, ended) is { } artifact)
                    journal.Offer(deploymentId, artifact);
                return;
            }
            catch (Exception e) when (IsTransient(e))
            {
                why = Sentence.Of(e.Message);
            }
            catch (ModelStoreException e)
            {
                journal.Fail(deploymentId, Sentence.Of(e.Message));
                return;
            }

            if (attempt >= _options.FetchAttempts)
            {
                journal.Fail(deploymentId, $"{why} Given up after {attempt} attempts: retry when the source is in reach again.");
                return;
            }

            var pause = Pause(attempt);
            EnterFetching(deploymentId, $"{why} Attempt {attempt + 1} of {_options.FetchAttempts} in {StandStill.Text(pause)}.");
            await Task.Delay(pause, time, ended);
        }
    }

    private async Task OfferPinnedAsync(string deploymentId, ModelArtifact pinned, CancellationToken ended)
    {
        if (await library.HasAsync(pinned, ended))
            journal.Offer(deploymentId, pinned);
        else
        {
            journal.Fail(
                deploymentId,
                $"The model store does not have the version of {pinned.FileName} with SHA-256 {pinned.Sha256[..12]}... any more: put that file into it again, or deploy another version.");
        }
    }

    /// <summary>One attempt.</summary>
    /// <returns>The artifact, or <c>null</c> when the fetch stood still and the deployment has failed.</returns>
    private async Task<ModelArtifact?> FetchAsync(DeploymentRecord record, CancellationToken ended)
    {
        using var still = new CancellationTokenSource(_options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(still.Token, ended);
        var state = DeploymentState.Requested;
        try
        {
            // Waited for with the token, not only given it: a source that does not listen is left behind.
            if ((await library.FindAsync(record.Model, null, either.Token).WaitAsync(either.Token))?.Available != true)
                EnterFetching(record.DeploymentId, record.State == DeploymentState.Requested ? "The store has no artifact of it yet." : null);
            state = DeploymentState.Fetching;
            still.CancelAfter(_options.FetchTimeout);
            var steps = new FetchSteps(words => journal.Change(
                record.DeploymentId, current => current.State == DeploymentState.Fetching ? current with { ChangedAt = time.GetUtcNow() } : null, words));
            var progress = new FetchWatch(steps, fetch =>
            {
                still.CancelAfter(_options.FetchTimeout);
                journal.Progress(record.DeploymentId, fetch);
            });
            return await library.FetchAsync(record.Model, progress, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (still.IsCancellationRequested && !ended.IsCancellationRequested)
        {
            journal.Fail(record.DeploymentId, StandStill.Sentence(state, StandStill.Limit(state, _options)!.Value, record.Model, record.DeviceId));
            return null;
        }
    }

    private void EnterFetching(string deploymentId, string? message) =>
        journal.Change(
            deploymentId,
            current => current.State is DeploymentState.Requested || (message is not null && current.State is DeploymentState.Fetching)
                ? current with { State = DeploymentState.Fetching, ChangedAt = time.GetUtcNow() }
                : null,
            message);

    // Worth another attempt: the way to the source is broken, it asks to wait, or the disk of the server is full or busy.
    private static bool IsTransient(Exception exception) => exception switch
    {
        ModelStoreException { IsTransient: true } => true,
        ModelStoreException { InnerException: { } inner } => inner is not ModelStoreException && IsTransient(inner),
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    private TimeSpan Pause(int attempt)
    {
        var pause = _options.FetchBackOff * Math.Pow(2, attempt - 1);
        return pause < _options.MaximumFetchBackOff ? pause : _options.MaximumFetchBackOff;
    }

    /// <summary>Progress as it comes: <see cref="Progress{T}"/> would hand it on later and out of order.</summary>
    private sealed class FetchWatch(FetchSteps steps, Action<FetchState> moved) : IProgress<FetchProgress>
    {
        private FetchState? _last;

        public void Report(FetchProgress value)
        {
            steps.Report(value);
            var state = new FetchState(value.Source, value.Bytes, value.TotalBytes, value.Note);
            if (Interlocked.Exchange(ref _last, state) != state)
                moved(state);
        }
    }

    private sealed class Work(Func<Task> run)
    {
        // Off the caller's thread, and once even when two ask at the same time.
        public Lazy<Task> Task { get; } = new(() => System.Threading.Tasks.Task.Run(run));
    }
}
