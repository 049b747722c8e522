using System.Collections.Concurrent;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Library;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Deployment;

/// <summary>Gets a deployment's artifact into the store and offers it to the device. Works on after the request has been answered.</summary>
internal sealed class ArtifactSupply(
    IModelLibrary library, SqliteDeploymentStore store, DeploymentJournal journal, IOptions<ManagerOptions> options, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<ArtifactSupply> logger)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <summary>Starts, and returns when it is done or after a moment.</summary>
    public async Task StartAsync(string deploymentId, CancellationToken cancellationToken)
    {
        var work = _running.GetOrAdd(deploymentId, id => Task.Run(() => RunAsync(id, lifetime.ApplicationStopping), CancellationToken.None));
        await Task.WhenAny(work, Task.Delay(AnswerWithin, time, cancellationToken));
    }

    private async Task RunAsync(string deploymentId, CancellationToken stopping)
    {
        try
        {
            await SupplyAsync(deploymentId, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The deployment stays as it is, and goes on when the server starts again.
        }
        catch (Exception e)
        {
            logger.LogError(e, "Deployment {Deployment} could not be supplied", deploymentId);
            await journal.FailAsync(deploymentId, $"The artifact could not be provided: {e.Message}", CancellationToken.None);
        }
        finally
        {
            _running.TryRemove(deploymentId, out _);
        }
    }

    private async Task SupplyAsync(string deploymentId, CancellationToken stopping)
    {
        if (store.Find(deploymentId) is not { State: DeploymentState.Requested or DeploymentState.Fetching } record)
            return;
        var timeout = options.Value.Deployment.FetchTimeout;
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            if ((await library.FindAsync(record.Model, null, either.Token))?.Available != true)
            {
                journal.Change(deploymentId, current => current.State != DeploymentState.Requested ? null
                    : current with { State = DeploymentState.Fetching, ChangedAt = time.GetUtcNow() }, "The store has no artifact of it yet.");
            }

            var artifact = await library.FetchAsync(record.Model, null, either.Token);
            await journal.OfferAsync(deploymentId, artifact, stopping);
        }
        catch (ModelStoreException e)
        {
            await journal.FailAsync(deploymentId, e.Message, stopping);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            await journal.FailAsync(deploymentId, $"The artifact could not be fetched within {timeout}.", stopping);
        }
    }
}
