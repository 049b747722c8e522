namespace EnergyManager.Web.Deployment;

/// <summary>Deployments as desired state: writes what a device should run, and follows what becomes of it.</summary>
public interface IDeploymentService
{
    /// <summary>Asks for a model on a device: energy gate, artifact, desired state.</summary>
    Task<DeployOutcome> DeployAsync(DeployRequest request, CancellationToken cancellationToken);

    /// <summary>The same for several devices, each by itself: what is refused for one delays and stops no other.</summary>
    /// <param name="request">What to deploy; its device is left out.</param>
    /// <param name="deviceIds">The devices, each once.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>One answer for each device, in their order.</returns>
    Task<IReadOnlyList<DeviceOutcome>> DeployAsync(DeployRequest request, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken);

    /// <summary>Withdraws a deployment that is under way; the device keeps, or gets back, what it ran before.</summary>
    DeployOutcome Cancel(string deploymentId, string requestedBy);

    /// <summary>Tries a deployment again that failed, was rolled back or was withdrawn, as a new one with the same budget.</summary>
    Task<DeployOutcome> RetryAsync(string deploymentId, string requestedBy, CancellationToken cancellationToken);

    /// <summary>Decisions of the energy gate, newest first, those included that refused.</summary>
    IReadOnlyList<GateAudit> Audit(string? deviceId, int limit);

    /// <summary>What a rollback of the device would do now.</summary>
    RollbackPlan PlanRollback(string deviceId);

    /// <summary>Puts the model back that ran before.</summary>
    Task<DeployOutcome> RollbackAsync(string deviceId, string requestedBy, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<DeploymentView>> ListAsync(string? deviceId, int limit, CancellationToken cancellationToken);

    /// <summary>A page of the deployments that are asked for, newest first.</summary>
    Task<DeploymentsFound> SearchAsync(DeploymentSearch search, CancellationToken cancellationToken);

    Task<DeploymentView?> FindAsync(string deploymentId, CancellationToken cancellationToken);

    /// <summary>Calls back with a deployment that changed, on any thread and quickly. Dispose to stop.</summary>
    IDisposable Subscribe(Action<DeploymentView> changed);
}

/// <summary>What is asked for. One of <see cref="DeviceId"/> and <see cref="Address"/> is needed.</summary>
public sealed record DeployRequest
{
    public string? DeviceId { get; init; }

    /// <summary>Address of a connected device (<c>bbb_ip</c> in REST).</summary>
    public string? Address { get; init; }

    public required string ModelName { get; init; }

    /// <summary>Budget in mWh of the standard run, or <c>null</c> for none.</summary>
    public double? MaxEnergyMwh { get; init; }

    /// <summary>Deploy although the prediction is over the budget. Logged.</summary>
    public bool Override { get; init; }

    /// <summary>Who asked, for the log: <c>dashboard</c>, <c>api</c>, ...</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Deployment that is tried again.</summary>
    public string? RetryOf { get; init; }
}

/// <summary>How a request ended.</summary>
public enum DeployStatus
{
    /// <summary>Desired state is written (or the deployment has failed already: see its state).</summary>
    Accepted,

    /// <summary>Over the budget: ask again with an override.</summary>
    OverBudget,

    /// <summary>No such device.</summary>
    UnknownDevice,

    /// <summary>No such model, or no artifact of it.</summary>
    UnknownModel,

    /// <summary>A field is wrong.</summary>
    Invalid,

    /// <summary>There is no earlier model to go back to.</summary>
    NothingToRollBackTo,

    /// <summary>No such deployment.</summary>
    UnknownDeployment,

    /// <summary>The deployment's state does not allow it.</summary>
    NotPossible,
}

/// <summary>The answer to a request.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Message">The same as a sentence, with the way out.</param>
/// <param name="Field">Field to mend, in snake_case, when refused.</param>
/// <param name="Deployment">The deployment: always there when accepted, and where a refusal was recorded as a failed deployment.</param>
/// <param name="PredictedEnergy">Predicted energy of the standard run, where known.</param>
/// <param name="Device">The device, where known.</param>
public sealed record DeployOutcome(
    DeployStatus Status, string Message, string? Field, DeploymentView? Deployment, DeploymentEnergy? PredictedEnergy, Fleet.DeviceView? Device);

/// <summary>The answer for one device of several.</summary>
public sealed record DeviceOutcome(string DeviceId, DeployOutcome Outcome);

/// <summary>What a rollback would do.</summary>
/// <param name="From">Model that would be replaced; <c>null</c> when none runs, or when only what is under way is cancelled.</param>
/// <param name="To">Model that comes back or stays; <c>null</c> when there is none.</param>
/// <param name="UnderWay">Model of a deployment that would be cancelled.</param>
/// <param name="Refusal">Why nothing can be rolled back, as a sentence.</param>
public sealed record RollbackPlan(string? From, string? To, string? UnderWay, string? Refusal);
