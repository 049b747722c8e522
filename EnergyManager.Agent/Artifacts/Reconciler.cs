using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Inference.Health;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Artifacts;

/// <summary>
/// Brings the device to its desired state. Invariants: the model that runs is replaced only by one that passed every check;
/// a failure leaves what ran running; a desired state that was reached, or failed, is not acted on a second time; a newer
/// desired state ends the work on an older one.
/// </summary>
public sealed class Reconciler(
    DesiredStateInbox inbox,
    AgentStateStore store,
    ArtifactStore artifacts,
    DeploymentReporter reporter,
    ModelInstaller installer,
    InferenceEngine engine,
    IOptions<AgentOptions> options,
    ILogger<Reconciler> logger) : BackgroundService
{
    private readonly int _maximumAttempts = options.Value.Artifacts.MaximumAttempts;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await ResumeAsync(stoppingToken);
        var arrival = inbox.TakeAsync(stoppingToken);
        var givenUp = engine.NextGivenUpAsync(stoppingToken).AsTask();
        while (true)
        {
            if (await Task.WhenAny(arrival, givenUp) == givenUp)
            {
                await GoBackAsync(await givenUp, stoppingToken);
                givenUp = engine.NextGivenUpAsync(stoppingToken).AsTask();
                continue;
            }
            var desired = await arrival;
            arrival = inbox.TakeAsync(stoppingToken);
            using var superseded = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var work = ReconcileAsync(desired, superseded.Token);
            while (await Task.WhenAny(work, arrival) == arrival && !work.IsCompleted)
            {
                if (await arrival != desired)
                {
                    await superseded.CancelAsync();
                    break;
                }
                arrival = inbox.TakeAsync(stoppingToken);
            }
            await work;
        }
    }

    /// <summary>Runs what ran before the restart; needs no server.</summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (store.State.Current is not { } current)
            return;
        if (await TryStartAsync(current, cancellationToken) is not { } reason)
            return;
        logger.LogError("{Model} ran before and cannot be started: {Reason}", current.Model, reason);
        if (store.State.Previous is { } previous && await TryStartAsync(previous, cancellationToken) is null)
        {
            logger.LogWarning("{Model}, which ran before it, runs instead.", previous.Model);
            store.Update(state => state with { Current = previous, Previous = null, Lost = current, LostReason = reason });
        }
        else
        {
            // The server's desired state brings it back: the file is fetched again.
            store.Update(state => state with { Current = null, Previous = null, Lost = current, LostReason = reason });
        }
    }

    /// <summary>Goes back to the model before, or to none, when the running one was given up.</summary>
    private async Task GoBackAsync(GivenUpModel givenUp, CancellationToken cancellationToken)
    {
        // A deployment may have put another in its place meanwhile.
        if (store.State.Current is not { } failed || failed.DeploymentId != givenUp.Model.DeploymentId || engine.Active is not null)
            return;
        var back = store.State.Previous is { } previous && await TryStartAsync(previous, cancellationToken) is null ? previous : null;
        store.Update(state => state with
        {
            Current = back,
            Previous = null,
            Failed = new FailedDeployment(failed.DeploymentId, state.ReachedRevision, givenUp.Reason, RolledBack: true),
        });
        reporter.Report(failed.DeploymentId, DeploymentState.RolledBack, givenUp.Reason);
        artifacts.KeepOnly(store.State.Current?.File);
    }

    /// <summary>Starts an installed model.</summary>
    /// <returns><c>null</c> when it runs, else the reason why not.</returns>
    private async Task<string?> TryStartAsync(InstalledModel model, CancellationToken cancellationToken)
    {
        try
        {
            BeginAttempt(model.DeploymentId);
            engine.Switch(await installer.StartAsync(model, cancellationToken));
            logger.LogInformation("{Model} runs again.", model.Model);
            return null;
        }
        catch (Exception exception) when (exception is DeploymentFailedException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
        finally
        {
            store.Update(state => state with { Attempt = null });
        }
    }

    private async Task ReconcileAsync(DesiredState desired, CancellationToken cancellationToken)
    {
        try
        {
            if (desired.Model is not { } model)
                Stop(desired.Revision);
            else if (IsRunning(model))
                Reach(desired.Revision, model);
            else if (store.State.Failed is { } failed && failed.Covers(model, desired.Revision))
                RepeatFailure(failed);
            else
                await DeployAsync(model, desired.Revision, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A newer desired state, or the end of the agent: what was downloaded stays for the next time.
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Revision {Revision} of the desired state could not be reached.", desired.Revision);
        }
    }

    private async Task DeployAsync(DesiredModel model, long revision, CancellationToken cancellationToken)
    {
        try
        {
            DesiredModelRules.Check(model, options.Value.Artifacts);
            artifacts.KeepOnly(store.State.Current?.File, store.State.Previous?.File, ArtifactStore.FileOf(model));
            await installer.FetchAsync(model, cancellationToken);
            BeginAttempt(model.DeploymentId);
            var (active, result) = await installer.TryOutAsync(model, IsKnown(model), cancellationToken);
            Commit(model, revision, active, result);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (DeploymentFailedException failure)
        {
            Fail(model, revision, failure.Message);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Deployment {DeploymentId} met something unexpected.", model.DeploymentId);
            Fail(model, revision, $"The agent could not install the model: {exception.Message}");
        }
        finally
        {
            if (store.State.Attempt is not null)
                store.Update(state => state with { Attempt = null });
        }
    }

    /// <summary>
    /// The switch: one write of one file makes the model the current one and queues the report of it. Before that write the
    /// agent comes back with the old model, after it with the new one.
    /// </summary>
    private void Commit(DesiredModel model, long revision, ActiveModel active, TrialResult result)
    {
        var installed = new InstalledModel
        {
            DeploymentId = model.DeploymentId,
            Model = model.Model,
            File = ArtifactStore.FileOf(model),
            Sha256 = model.Sha256,
            SizeBytes = model.SizeBytes,
            RatePerSecond = model.RatePerSecond,
            Limits = ModelLimits.Of(model),
        };
        var report = reporter.Create(model.DeploymentId, DeploymentState.Running) with
        {
            Reason = WasLost(model) ? $"Installed again after a restart: {store.State.LostReason}" : null,
            P50Ms = result.P50Ms,
            P95Ms = result.P95Ms,
            EnergyPerInferenceMj = result.Energy?.Millijoules,
        };
        try
        {
            store.Commit(state => DeploymentReporter.With(report)(state with
            {
                ReachedRevision = revision,
                Current = installed,
                Previous = state.Current?.File == installed.File ? state.Previous : state.Current ?? state.Previous,
                Failed = null,
                Attempt = null,
                Lost = null,
                LostReason = null,
            }));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            active.Runner.Dispose();
            throw new DeploymentFailedException(
                $"{model.Model} passed its checks, but the device cannot write down that it runs ({exception.Message}). Free some space there and deploy again.", exception);
        }
        catch
        {
            active.Runner.Dispose();
            throw;
        }
        engine.Switch(active);
        logger.LogInformation("Deployment {DeploymentId}: {Model} runs.", model.DeploymentId, model.Model);
        artifacts.KeepOnly(store.State.Current?.File, store.State.Previous?.File);
    }

    private void Fail(DesiredModel model, long revision, string reason)
    {
        // A model that ran here and is lost did not fail to be deployed: it went back to what ran before.
        var end = DeploymentState.Failed;
        if (WasLost(model))
            (end, reason) = (DeploymentState.RolledBack, $"{model.Model} was lost: {store.State.LostReason} It could not be installed again: {reason}");
        store.Update(state => state with
        {
            ReachedRevision = revision,
            Failed = new FailedDeployment(model.DeploymentId, revision, reason, end == DeploymentState.RolledBack),
            Lost = null,
            LostReason = null,
        });
        reporter.Report(model.DeploymentId, end, reason);
        artifacts.KeepOnly(store.State.Current?.File, store.State.Previous?.File);
    }

    private void RepeatFailure(FailedDeployment failed)
    {
        if (!store.State.Reports.Any(r => r.DeploymentId == failed.DeploymentId))
            reporter.Report(failed.DeploymentId, failed.End, failed.Reason);
    }

    private void Stop(long revision)
    {
        engine.Switch(null);
        store.Update(state => state with { ReachedRevision = revision, Current = null, Previous = state.Current ?? state.Previous, Lost = null, LostReason = null });
        artifacts.KeepOnly(store.State.Previous?.File);
    }

    private bool WasLost(DesiredModel model) => store.State.Lost?.DeploymentId == model.DeploymentId;

    /// <summary>Whether the artifact has passed the health check on this device, as what a rollback brings back has.</summary>
    private bool IsKnown(DesiredModel model) =>
        (store.State.Current?.Sha256 == model.Sha256 || store.State.Previous?.Sha256 == model.Sha256) && !WasLost(model);

    private bool IsRunning(DesiredModel model) =>
        engine.Active is { } active && active.Sha256 == model.Sha256 && active.DeploymentId == model.DeploymentId;

    private void Reach(long revision, DesiredModel model)
    {
        var limits = ModelLimits.Of(model);
        if (engine.Active is { } active && (active.RatePerSecond != model.RatePerSecond || active.Limits != limits))
            engine.Switch(active with { RatePerSecond = model.RatePerSecond, Limits = limits });
        if (store.State is { } before && (before.ReachedRevision != revision || before.Current?.RatePerSecond != model.RatePerSecond || before.Current?.Limits != limits))
        {
            store.Update(state => state with
            {
                ReachedRevision = revision,
                Current = state.Current is { } current ? current with { RatePerSecond = model.RatePerSecond, Limits = limits } : null,
            });
        }
    }

    /// <summary>Writes down that a model is about to be executed: should it take the agent with it, the next start knows.</summary>
    private void BeginAttempt(string deploymentId)
    {
        var count = store.State.Attempt is { } last && last.DeploymentId == deploymentId ? last.Count : 0;
        if (count >= _maximumAttempts)
            throw new DeploymentFailedException($"The agent died {count} times while it tried to run this model; it is not tried again.");
        store.Update(state => state with { Attempt = new DeploymentAttempt(deploymentId, count + 1) });
    }
}
