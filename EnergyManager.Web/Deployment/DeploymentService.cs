using EnergyManager.Core.Deployment;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Storage;

namespace EnergyManager.Web.Deployment;

/// <summary>Takes requests for deployments: device, model, energy gate, then the fetch and the offer behind them.</summary>
internal sealed class DeploymentService(
    DeviceRegistry devices, IModelLibrary library, IDeviceCalibrations calibrations, SqliteDeploymentStore store, DeploymentJournal journal, ArtifactSupply supply, TimeProvider time)
    : IDeploymentService
{
    private const int MaximumName = 200;
    private const int MaximumList = 1000;

    public async Task<DeployOutcome> DeployAsync(DeployRequest request, CancellationToken cancellationToken)
    {
        if (Invalid(request) is { } invalid)
            return invalid;
        var device = request.DeviceId is { Length: > 0 } id ? devices.Find(id) : devices.FindByAddress(request.Address!);
        if (device is null)
            return UnknownDevice(request);
        var model = await KnownModelAsync(request.ModelName, device.DeviceType, cancellationToken);
        if (model is null)
        {
            var reason = $"No model is called '{request.ModelName}': choose one of the library, or upload it first.";
            var failed = Refuse(Record(request, device.DeviceId, null), reason);
            return new DeployOutcome(DeployStatus.UnknownModel, reason, "model_name", failed, null, device);
        }

        var (prediction, unavailable) = await PredictAsync(request.ModelName, device, cancellationToken);
        var gate = EnergyGate.Check(prediction, unavailable, request.MaxEnergyMwh, request.Override);
        if (!gate.Open)
            return new DeployOutcome(DeployStatus.OverBudget, gate.Message, "max_energy", null, gate.Predicted, device);

        var record = Record(request, device.DeviceId, gate.Predicted);
        journal.Begin(record, $"{request.ModelName} requested by {request.RequestedBy}. {gate.Message}");
        return await SupplyAsync(record, device, cancellationToken);
    }

    public async Task<DeployOutcome> RollbackAsync(string deviceId, string requestedBy, CancellationToken cancellationToken)
    {
        if (devices.Find(deviceId) is not { } device)
            return new DeployOutcome(DeployStatus.UnknownDevice, $"No device is called '{deviceId}'.", "device_id", null, null, null);
        var good = store.Good(deviceId);
        // While a deployment is under way nothing of it runs yet: going back means the model that runs now.
        var underWay = store.UnderWay(deviceId).Count > 0;
        var newest = good.Count > 0 ? good[0] : null;
        var from = underWay ? null : newest;
        var to = underWay ? newest : good.Skip(1).FirstOrDefault(other => other.Artifact?.Sha256 != from?.Artifact?.Sha256);
        if (to is null)
            return new DeployOutcome(DeployStatus.NothingToRollBackTo, $"{device.Name} has run no other model before: there is nothing to go back to.", null, null, null, device);

        var record = Record(new DeployRequest { DeviceId = deviceId, ModelName = to.Model, RequestedBy = requestedBy }, deviceId, to.Predicted) with
        {
            RollsBack = from?.DeploymentId,
        };
        journal.Begin(record, from is null
            ? $"Rollback by {requestedBy}: {to.Model} stays, what was under way is cancelled."
            : $"Rollback by {requestedBy}: {to.Model} comes back in place of {from.Model}.");
        return await SupplyAsync(record, device, cancellationToken);
    }

    public Task<IReadOnlyList<DeploymentView>> ListAsync(string? deviceId, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeploymentView>>(
            [.. store.List(deviceId, Math.Clamp(limit, 1, MaximumList)).Select(record => record.ToView())]);

    public Task<DeploymentView?> FindAsync(string deploymentId, CancellationToken cancellationToken) =>
        Task.FromResult(store.Find(deploymentId)?.ToView());

    public IDisposable Subscribe(Action<DeploymentView> changed) => journal.Subscribe(changed);

    // The answer waits a moment for what is decided at once (the artifact is there, or nobody has it), not for a download.
    private async Task<DeployOutcome> SupplyAsync(DeploymentRecord record, DeviceView device, CancellationToken cancellationToken)
    {
        await supply.StartAsync(record.DeploymentId, cancellationToken);
        var now = store.Find(record.DeploymentId)!;
        var status = now.State == DeploymentState.Failed ? DeployStatus.UnknownModel : DeployStatus.Accepted;
        var message = now.State switch
        {
            DeploymentState.Failed => now.Reason!,
            DeploymentState.Fetching => $"{record.Model} is being fetched for {device.Name}.",
            DeploymentState.Requested => $"{record.Model} is being prepared for {device.Name}.",
            _ when !device.Online => $"{record.Model} waits for {device.Name}, which is offline.",
            _ => $"{record.Model} is on its way to {device.Name}.",
        };
        return new DeployOutcome(status, message, status == DeployStatus.Accepted ? null : "model_name", now.ToView(), now.Predicted, device);
    }

    private async Task<ModelView?> KnownModelAsync(string model, string deviceType, CancellationToken cancellationToken)
    {
        try
        {
            return await library.FindAsync(model, deviceType, cancellationToken);
        }
        catch (PredictionRefusedException)
        {
            // The device calls itself a type without a table: the model may be known all the same.
            return await library.FindAsync(model, null, cancellationToken);
        }
    }

    private async Task<(EnergyPrediction? Prediction, string? Unavailable)> PredictAsync(string model, DeviceView device, CancellationToken cancellationToken)
    {
        try
        {
            return (await calibrations.PredictAsync(model, device.DeviceId, device.DeviceType, cancellationToken), null);
        }
        catch (PredictionRefusedException e)
        {
            return (null, e.Message);
        }
    }

    private DeployOutcome UnknownDevice(DeployRequest request)
    {
        var (field, name) = request.DeviceId is { Length: > 0 } id ? ("device_id", id) : ("bbb_ip", request.Address!);
        var reason = $"No device is known as '{name}': start its agent first, or choose one of the list.";
        var failed = Refuse(Record(request, name, null), reason);
        return new DeployOutcome(DeployStatus.UnknownDevice, reason, field, failed, null, null);
    }

    private DeploymentView Refuse(DeploymentRecord record, string reason)
    {
        journal.Begin(record with { State = DeploymentState.Failed, Reason = reason, EndedAt = record.RequestedAt }, reason);
        return store.Find(record.DeploymentId)!.ToView();
    }

    private DeploymentRecord Record(DeployRequest request, string deviceId, DeploymentEnergy? predicted)
    {
        var now = time.GetUtcNow();
        return new DeploymentRecord
        {
            // Version 7 begins with the time: identifiers sort as they were asked for.
            DeploymentId = Guid.CreateVersion7(now).ToString("N"),
            DeviceId = deviceId,
            Model = request.ModelName,
            State = DeploymentState.Requested,
            RequestedBy = request.RequestedBy,
            RequestedAt = now,
            ChangedAt = now,
            BudgetMwh = request.MaxEnergyMwh,
            Override = request.Override,
            Predicted = predicted,
        };
    }

    private static DeployOutcome? Invalid(DeployRequest request)
    {
        var (field, message) =
            string.IsNullOrWhiteSpace(request.ModelName) ? ("model_name", "model_name is empty: name the model to deploy.")
            : request.ModelName.Length > MaximumName ? ("model_name", $"model_name is longer than {MaximumName} characters.")
            : string.IsNullOrEmpty(request.DeviceId) && string.IsNullOrEmpty(request.Address) ? ("device_id", "device_id (or bbb_ip) is missing: name the device.")
            : (request.DeviceId?.Length ?? 0) > MaximumName || (request.Address?.Length ?? 0) > MaximumName ? ("device_id", $"device_id is longer than {MaximumName} characters.")
            : request.MaxEnergyMwh is { } budget && !(budget > 0 && double.IsFinite(budget)) ? ("max_energy", "max_energy is a budget in mWh: a number above 0.")
            : (null, null);
        return message is null ? null : new DeployOutcome(DeployStatus.Invalid, message, field, null, null, null);
    }
}
