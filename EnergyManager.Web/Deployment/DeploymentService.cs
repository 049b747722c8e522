using EnergyManager.Core.Deployment;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Deployment;

/// <summary>Takes requests for deployments: device, model, energy gate, then the fetch and the offer behind them.</summary>
internal sealed class DeploymentService(
    DeviceRegistry devices, IModelLibrary library, IDeviceCalibrations calibrations, SqliteDeploymentStore store, DeploymentJournal journal, ArtifactSupply supply,
    IOptions<ManagerOptions> options, TimeProvider time)
    : IDeploymentService
{
    private const int MaximumName = 200;
    private const int MaximumList = 1000;
    private const int MaximumNamed = 8;

    public async Task<DeployOutcome> DeployAsync(DeployRequest request, CancellationToken cancellationToken)
    {
        if (Invalid(request) is { } invalid)
            return invalid;
        var (device, unknown) = Target(request);
        if (device is null)
            return unknown!;
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
        {
            store.AddRefusal(Audit(request, device.DeviceId, gate, null), options.Value.Caps.GateDecisions);
            return new DeployOutcome(DeployStatus.OverBudget, gate.Message, "max_energy", null, gate.Predicted, device);
        }

        var record = Record(request, device.DeviceId, gate.Predicted);
        record = record with { Gate = Audit(request, device.DeviceId, gate, record.DeploymentId) };
        journal.Begin(record, $"{(request.RetryOf is null ? $"{request.ModelName} requested" : $"{request.ModelName} tried again")} by {request.RequestedBy}. {gate.Message}");
        return await SupplyAsync(record, device, cancellationToken);
    }

    public async Task<IReadOnlyList<DeviceOutcome>> DeployAsync(DeployRequest request, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken) =>
        await Task.WhenAll(deviceIds.Distinct(StringComparer.Ordinal).Select(async id => new DeviceOutcome(
            id, await Task.Run(() => DeployAsync(request with { DeviceId = id, Address = null }, cancellationToken), cancellationToken))));

    public DeployOutcome Cancel(string deploymentId, string requestedBy)
    {
        if (store.Find(deploymentId) is not { } record)
            return UnknownDeployment(deploymentId);
        var device = devices.Find(record.DeviceId);
        if (journal.Cancel(deploymentId, $"Withdrawn by {requestedBy}.") is not { } cancelled)
        {
            var advice = record.State == DeploymentState.Running ? "it runs already. Roll it back instead" : "it has ended already";
            return new DeployOutcome(DeployStatus.NotPossible, $"The deployment of {record.Model} cannot be withdrawn: {advice}.", "deployment_id", journal.View(record), null, device);
        }

        return new DeployOutcome(
            DeployStatus.Accepted, $"The deployment of {record.Model} to {device?.Name ?? record.DeviceId} is withdrawn.", null, journal.View(cancelled), cancelled.Predicted, device);
    }

    public async Task<DeployOutcome> RetryAsync(string deploymentId, string requestedBy, CancellationToken cancellationToken)
    {
        if (store.Find(deploymentId) is not { } record)
            return UnknownDeployment(deploymentId);
        if (record.State is not (DeploymentState.Failed or DeploymentState.RolledBack or DeploymentState.Cancelled))
        {
            var advice = record.State == DeploymentState.Running ? "it runs" : "it is still under way. Withdraw it first";
            return new DeployOutcome(
                DeployStatus.NotPossible, $"The deployment of {record.Model} cannot be tried again: {advice}.", "deployment_id", journal.View(record), null, devices.Find(record.DeviceId));
        }

        return await DeployAsync(
            new DeployRequest
            {
                DeviceId = record.DeviceId,
                ModelName = record.Model,
                MaxEnergyMwh = record.BudgetMwh,
                Override = record.Override,
                RequestedBy = requestedBy,
                RetryOf = record.DeploymentId,
            },
            cancellationToken);
    }

    public IReadOnlyList<GateAudit> Audit(string? deviceId, int limit) => store.Audit(deviceId, Math.Clamp(limit, 1, MaximumList));

    public RollbackPlan PlanRollback(string deviceId)
    {
        if (devices.Find(deviceId) is not { } device)
            return new RollbackPlan(null, null, null, $"No device is called '{deviceId}'.");
        var (from, to, underWay) = Plan(deviceId);
        return new RollbackPlan(from?.Model, to?.Model, underWay?.Model, to is null ? NothingBefore(device) : null);
    }

    public async Task<DeployOutcome> RollbackAsync(string deviceId, string requestedBy, CancellationToken cancellationToken)
    {
        if (devices.Find(deviceId) is not { } device)
            return new DeployOutcome(DeployStatus.UnknownDevice, $"No device is called '{deviceId}'.", "device_id", null, null, null);
        var (from, to, underWay) = Plan(deviceId);
        // Asked twice: going back from a rollback that has not even arrived is nobody's wish.
        if (underWay is { RollsBack: not null })
            return new DeployOutcome(DeployStatus.Accepted, $"The rollback of {device.Name} to {underWay.Model} is under way already.", null, journal.View(underWay), underWay.Predicted, device);
        if (to is null)
            return new DeployOutcome(DeployStatus.NothingToRollBackTo, NothingBefore(device), null, null, null, device);

        var record = Record(new DeployRequest { DeviceId = deviceId, ModelName = to.Model, RequestedBy = requestedBy }, deviceId, to.Predicted) with
        {
            RollsBack = from?.DeploymentId,
            // The very bytes that ran, not those that have the name by now.
            Artifact = to.Artifact,
        };
        journal.Begin(record, from is null
            ? $"Rollback by {requestedBy}: {to.Model} stays, what was under way is cancelled."
            : $"Rollback by {requestedBy}: {to.Model} comes back in place of {from.Model}.");
        return await SupplyAsync(record, device, cancellationToken);
    }

    // While a deployment is under way nothing of it runs yet: going back means the model that runs now.
    private (DeploymentRecord? From, DeploymentRecord? To, DeploymentRecord? UnderWay) Plan(string deviceId)
    {
        var good = store.Good(deviceId);
        var newest = good.Count > 0 ? good[0] : null;
        return store.UnderWay(deviceId) is { Count: > 0 } underWay
            ? (null, newest, underWay[^1])
            : (newest, good.Skip(1).FirstOrDefault(other => other.Artifact?.Sha256 != newest?.Artifact?.Sha256), null);
    }

    private string NothingBefore(DeviceView device) =>
        store.List(device.DeviceId, MaximumList).FirstOrDefault(record => record.State == DeploymentState.RolledBack) is { } taken
            ? $"{device.Name} has no other model to go back to: {taken.Model} was taken back already. Deploy it again to have it."
            : $"{device.Name} has run no other model before: there is nothing to go back to.";

    public Task<IReadOnlyList<DeploymentView>> ListAsync(string? deviceId, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeploymentView>>(
            [.. store.List(deviceId, Math.Clamp(limit, 1, MaximumList)).Select(journal.View)]);

    public Task<DeploymentsFound> SearchAsync(DeploymentSearch search, CancellationToken cancellationToken)
    {
        var (rows, total) = store.Search(search with { Limit = Math.Clamp(search.Limit, 1, DeploymentSearch.MaximumLimit), Offset = Math.Max(0, search.Offset) });
        return Task.FromResult(new DeploymentsFound([.. rows.Select(journal.View)], total));
    }

    public Task<DeploymentView?> FindAsync(string deploymentId, CancellationToken cancellationToken) =>
        Task.FromResult(store.Find(deploymentId) is { } record ? journal.View(record) : null);

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
        return new DeployOutcome(status, message, status == DeployStatus.Accepted ? null : "model_name", journal.View(now), now.Predicted, device);
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

    /// <summary>The device that is meant, or why there is none.</summary>
    private (DeviceView? Device, DeployOutcome? Refusal) Target(DeployRequest request)
    {
        if (request.DeviceId is { Length: > 0 } id)
        {
            return devices.Find(id) is { } known
                ? (known, null)
                : Refused("device_id", $"No device is known as '{id}'. {WayOut()}");
        }

        var address = request.Address!;
        var there = DeviceAddress.Find(devices.List(), address);
        var online = there.Where(device => device.Online).ToList();
        return (online, there) switch
        {
            ({ Count: 1 }, _) => (online[0], null),
            ({ Count: > 1 }, _) => Refused("bbb_ip", $"{online.Count} connected devices have the address {address}: name the one with device_id ({Names(online)})."),
            (_, { Count: > 0 }) => Refused(
                "bbb_ip", $"The device at {address} is not connected. With device_id ({Names(there)}) the deployment waits for it; or start its agent and try again."),
            _ => Refused("bbb_ip", $"No device is connected from {address}. {WayOut()}"),
        };

        static (DeviceView?, DeployOutcome?) Refused(string field, string reason) => (null, new DeployOutcome(DeployStatus.UnknownDevice, reason, field, null, null, null));
    }

    private string WayOut()
    {
        var online = devices.List().Where(device => device.Online).ToList();
        var connected = online.Count == 0 ? "No device is connected" : $"Connected are {Names(online)}";
        return $"{connected}. Start the agent of a board, enrol a new one with 'devices enrol <name>', or address one that is away by its device_id.";
    }

    private static string Names(IReadOnlyList<DeviceView> list)
    {
        var names = list.Take(MaximumNamed).Select(device => device.Address is { } address ? $"{device.DeviceId} at {address}" : device.DeviceId);
        return string.Join(", ", names) + (list.Count > MaximumNamed ? $" and {list.Count - MaximumNamed} more" : "");
    }

    private GateAudit Audit(DeployRequest request, string deviceId, GateDecision gate, string? deploymentId) => new()
    {
        Time = time.GetUtcNow(),
        RequestedBy = request.RequestedBy,
        DeviceId = deviceId,
        Model = request.ModelName,
        Verdict = gate.Verdict,
        Message = gate.Message,
        PredictedEnergy = gate.Predicted,
        Calibrated = gate.Calibrated,
        BudgetMwh = request.MaxEnergyMwh,
        DeploymentId = deploymentId,
    };

    private static DeployOutcome UnknownDeployment(string deploymentId) =>
        new(DeployStatus.UnknownDeployment, $"There is no deployment '{deploymentId}'. GET /api/deployments lists them.", "deployment_id", null, null, null);

    private DeploymentView Refuse(DeploymentRecord record, string reason)
    {
        journal.Begin(record with { State = DeploymentState.Failed, Reason = reason, EndedAt = record.RequestedAt }, reason);
        return journal.View(store.Find(record.DeploymentId)!);
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
            RetryOf = request.RetryOf,
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
