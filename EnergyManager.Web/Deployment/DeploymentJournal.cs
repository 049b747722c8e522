using System.Collections.Concurrent;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Units;
using EnergyManager.Web.Api.Endpoints;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Deployment;

/// <summary>Every change of a deployment goes through here: it is stored, told to whoever listens, and pushed to the device.</summary>
internal sealed class DeploymentJournal(
    SqliteDeploymentStore store, SqliteDeviceStore deviceStore, DeviceRegistry devices, IDesiredStatePush push,
    IOptions<ManagerOptions> options, TimeProvider time, ILogger<DeploymentJournal> logger)
{
    private static readonly TimeSpan TellProgressEvery = TimeSpan.FromMilliseconds(500);

    private readonly Subscribers<DeploymentView> _subscribers = new(logger);
    private readonly ConcurrentDictionary<string, (FetchState State, long Told)> _fetches = new(StringComparer.Ordinal);

    public IDisposable Subscribe(Action<DeploymentView> changed) => _subscribers.Add(changed);

    /// <summary>A deployment as it is shown, with how far its fetch is.</summary>
    public DeploymentView View(DeploymentRecord record) =>
        _fetches.TryGetValue(record.DeploymentId, out var fetch) && record.State == DeploymentState.Fetching ? record.ToView() with { Fetch = fetch.State } : record.ToView();

    /// <summary>Begins a deployment, cancelling what was under way for its device.</summary>
    public void Begin(DeploymentRecord record, string message)
    {
        foreach (var cancelled in store.Add(record, message, options.Value.Caps.Deployments, options.Value.Caps.GateDecisions))
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
    public DeploymentRecord? Fail(string deploymentId, string reason) => End(deploymentId, DeploymentState.Failed, reason);

    /// <summary>Withdraws a deployment that is under way.</summary>
    public DeploymentRecord? Cancel(string deploymentId, string reason) => End(deploymentId, DeploymentState.Cancelled, reason);

    /// <summary>Writes the artifact into the device's desired state and pushes it.</summary>
    public DeploymentRecord? Offer(string deploymentId, ModelArtifact artifact)
    {
        if (store.Offer(deploymentId, artifact, Desired(store.Find(deploymentId), deploymentId, artifact), time.GetUtcNow()) is not { } offer)
            return null;
        Tell(offer.Record);
        push.Push(offer.Record.DeviceId, offer.Desired);
        return offer.Record;
    }

    /// <summary>
    /// After a deployment ended without its model: the device should run what it ran before, and not take up the failed model
    /// again when it forgets what it did (a new disk, for example).
    /// </summary>
    public void RestoreDesired(DeploymentRecord ended)
    {
        if (deviceStore.Desired(ended.DeviceId)?.Model?.DeploymentId != ended.DeploymentId)
            return;
        var before = store.Good(ended.DeviceId).FirstOrDefault(good => good.Artifact is not null);
        var desired = deviceStore.SetDesired(ended.DeviceId, before is null ? null : Desired(before, before.DeploymentId, before.Artifact!));
        push.Push(ended.DeviceId, desired);
    }

    /// <summary>Tells a device again what it should run.</summary>
    public void PushAgain(string deviceId, DesiredState desired) => push.Push(deviceId, desired);

    /// <summary>A fetch came further. Not kept: after a restart it begins again.</summary>
    public void Progress(string deploymentId, FetchState state)
    {
        var now = time.GetTimestamp();
        var told = _fetches.TryGetValue(deploymentId, out var last) ? last.Told : 0;
        var tells = told == 0 || time.GetElapsedTime(told, now) >= TellProgressEvery;
        _fetches[deploymentId] = (state, tells ? now : told);
        if (tells && store.Find(deploymentId) is { State: DeploymentState.Fetching } record)
            _subscribers.Notify(View(record));
    }

    public void ForgetFetch(string deploymentId) => _fetches.TryRemove(deploymentId, out _);

    private DeploymentRecord? End(string deploymentId, DeploymentState state, string reason)
    {
        var now = time.GetUtcNow();
        var ended = Change(deploymentId, current => DeploymentTransitions.IsSettled(current.State) ? null : current with { State = state, Reason = reason, ChangedAt = now });
        if (ended is not null)
            RestoreDesired(ended);
        return ended;
    }

    private DesiredModel Desired(DeploymentRecord? record, string deploymentId, ModelArtifact artifact) => new()
    {
        DeploymentId = deploymentId,
        Model = artifact.Model,
        FileName = artifact.FileName,
        Sha256 = artifact.Sha256,
        SizeBytes = artifact.SizeBytes,
        Path = ModelFileEndpoint.PathOf(artifact),
        RatePerSecond = options.Value.Deployment.RatePerSecond,
        MaximumLatencyMs = options.Value.Deployment.MaximumLatencyMs,
        PredictedEnergyPerInferenceMj = record?.Predicted is not { } predicted ? null : Energy.FromMilliwattHours(predicted.Mwh).PerInference(predicted.Inferences).Millijoules,
        MaximumEnergyFactor = options.Value.Deployment.MaximumEnergyFactor,
        BudgetEnergyPerInferenceMj = record is { Override: false, BudgetMwh: { } budget }
            ? Energy.FromMilliwattHours(budget).PerInference(StandardRun.Inferences).Millijoules
            : null,
    };

    private void Tell(DeploymentRecord record)
    {
        logger.LogInformation("Deployment {Deployment} of {Model} to {Device}: {State} {Message}",
            record.DeploymentId, record.Model, record.DeviceId, record.State, record.History is { Count: > 0 } steps ? steps[^1].Message : null);
        devices.SetDeploying(record.DeviceId, store.UnderWay(record.DeviceId).Count > 0);
        _subscribers.Notify(View(record));
    }
}

/// <summary>Tells a connected device what it should run.</summary>
internal interface IDesiredStatePush
{
    /// <summary>Sends the state if the device is connected; if not, it finds it when it connects. Never waits.</summary>
    void Push(string deviceId, DesiredState desired);
}
