using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Units;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Deployment;

/// <summary>Every change of a deployment goes through here: it is stored, told to whoever listens, and pushed to the device.</summary>
internal sealed class DeploymentJournal(
    SqliteDeploymentStore store, SqliteDeviceStore deviceStore, DeviceRegistry devices, IDesiredStatePush push,
    IOptions<ManagerOptions> options, TimeProvider time, ILogger<DeploymentJournal> logger)
{
    private readonly Subscribers<DeploymentView> _subscribers = new(logger);

    public IDisposable Subscribe(Action<DeploymentView> changed) => _subscribers.Add(changed);

    /// <summary>Begins a deployment, cancelling what was under way for its device.</summary>
    public void Begin(DeploymentRecord record, string message)
    {
        foreach (var cancelled in store.Add(record, message, options.Value.Caps.Deployments))
            Tell(cancelled);
        Tell(store.Find(record.DeploymentId)!);
    }

    /// <summary>Changes a deployment as far as the table of transitions allows.</summary>
    public DeploymentRecord? Change(string deploymentId, Func<DeploymentRecord, DeploymentRecord?> change, string? message = null)
    {
        var changed = store.Change(deploymentId, change, message);
        if (changed is not null)
            Tell(changed);
        return changed;
    }

    /// <summary>Ends a deployment that the device does not run, and lets the device keep what it ran before.</summary>
    public async Task<DeploymentRecord?> FailAsync(string deploymentId, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var failed = Change(deploymentId, current => DeploymentTransitions.IsSettled(current.State)
            ? null
            : current with { State = DeploymentState.Failed, Reason = reason, ChangedAt = now });
        if (failed is not null)
            await RestoreDesiredAsync(failed, cancellationToken);
        return failed;
    }

    /// <summary>Writes the artifact into the device's desired state and pushes it.</summary>
    public async Task<DeploymentRecord?> OfferAsync(string deploymentId, ModelArtifact artifact, CancellationToken cancellationToken)
    {
        if (store.Offer(deploymentId, artifact, Desired(deploymentId, artifact, store.Find(deploymentId)?.Predicted), time.GetUtcNow()) is not { } offer)
            return null;
        Tell(offer.Record);
        await push.PushAsync(offer.Record.DeviceId, offer.Desired, cancellationToken);
        return offer.Record;
    }

    /// <summary>
    /// After a deployment ended without its model: the device should run what it ran before, and not take up the failed model
    /// again when it forgets what it did (a new disk, for example).
    /// </summary>
    public async Task RestoreDesiredAsync(DeploymentRecord ended, CancellationToken cancellationToken)
    {
        if (deviceStore.Desired(ended.DeviceId)?.Model?.DeploymentId != ended.DeploymentId)
            return;
        var before = store.Good(ended.DeviceId).FirstOrDefault(good => good.Artifact is not null);
        var desired = deviceStore.SetDesired(ended.DeviceId, before is null ? null : Desired(before.DeploymentId, before.Artifact!, before.Predicted));
        await push.PushAsync(ended.DeviceId, desired, cancellationToken);
    }

    private DesiredModel Desired(string deploymentId, ModelArtifact artifact, DeploymentEnergy? predicted) => new()
    {
        DeploymentId = deploymentId,
        Model = artifact.Model,
        FileName = artifact.FileName,
        Sha256 = artifact.Sha256,
        SizeBytes = artifact.SizeBytes,
        Path = "/models/" + Uri.EscapeDataString(artifact.FileName),
        RatePerSecond = options.Value.Deployment.RatePerSecond,
        MaximumLatencyMs = options.Value.Deployment.MaximumLatencyMs,
        PredictedEnergyPerInferenceMj = predicted is null ? null : Energy.FromMilliwattHours(predicted.Mwh).PerInference(predicted.Inferences).Millijoules,
        MaximumEnergyFactor = options.Value.Deployment.MaximumEnergyFactor,
    };

    private void Tell(DeploymentRecord record)
    {
        logger.LogInformation("Deployment {Deployment} of {Model} to {Device}: {State} {Message}",
            record.DeploymentId, record.Model, record.DeviceId, record.State, record.History is { Count: > 0 } steps ? steps[^1].Message : null);
        devices.SetDeploying(record.DeviceId, store.UnderWay(record.DeviceId).Count > 0);
        _subscribers.Notify(record.ToView());
    }
}

/// <summary>Tells a connected device what it should run.</summary>
internal interface IDesiredStatePush
{
    /// <summary>Sends the state if the device is connected; if not, it finds it when it connects.</summary>
    Task PushAsync(string deviceId, DesiredState desired, CancellationToken cancellationToken);
}
