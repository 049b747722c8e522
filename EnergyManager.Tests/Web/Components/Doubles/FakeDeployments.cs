using EnergyManager.Web.Deployment;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Deployments that a test answers and pushes.</summary>
public sealed class FakeDeployments : IDeploymentService
{
    private readonly Lock _gate = new();
    private readonly List<Action<DeploymentView>> _watchers = [];
    private readonly List<DeploymentView> _known = [];

    public List<DeployRequest> Requests { get; } = [];

    public List<string> Rollbacks { get; } = [];

    /// <summary>How the next requests end.</summary>
    public Func<DeployRequest, DeployOutcome> Answer { get; set; } = _ => new DeployOutcome(DeployStatus.Accepted, "Accepted.", null, null, null, null);

    public int Watchers
    {
        get
        {
            lock (_gate)
                return _watchers.Count;
        }
    }

    public Task<DeployOutcome> DeployAsync(DeployRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return Task.FromResult(Answer(request));
    }

    public Task<DeployOutcome> RollbackAsync(string deviceId, string requestedBy, CancellationToken cancellationToken)
    {
        Rollbacks.Add(deviceId);
        return Task.FromResult(new DeployOutcome(DeployStatus.Accepted, "Rolling back.", null, null, null, null));
    }

    public List<string> Cancelled { get; } = [];

    public List<string> Retried { get; } = [];

    public RollbackPlan Plan { get; set; } = new("resnet18", "mobilenetv3_small_075", null, null);

    public async Task<IReadOnlyList<DeviceOutcome>> DeployAsync(DeployRequest request, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        var outcomes = new List<DeviceOutcome>();
        foreach (var id in deviceIds)
            outcomes.Add(new DeviceOutcome(id, await DeployAsync(request with { DeviceId = id }, cancellationToken)));
        return outcomes;
    }

    public DeployOutcome Cancel(string deploymentId, string requestedBy)
    {
        Cancelled.Add(deploymentId);
        return new DeployOutcome(DeployStatus.Accepted, "Withdrawn.", null, null, null, null);
    }

    public Task<DeployOutcome> RetryAsync(string deploymentId, string requestedBy, CancellationToken cancellationToken)
    {
        Retried.Add(deploymentId);
        return Task.FromResult(new DeployOutcome(DeployStatus.Accepted, "Tried again.", null, null, null, null));
    }

    public IReadOnlyList<GateAudit> Audit(string? deviceId, int limit) => [];

    public RollbackPlan PlanRollback(string deviceId) => Plan;

    public Task<IReadOnlyList<DeploymentView>> ListAsync(string? deviceId, int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<DeploymentView>>([.. _known.Where(deployment => deviceId is null || deployment.DeviceId == deviceId).Take(limit)]);
    }

    public Task<DeploymentsFound> SearchAsync(DeploymentSearch search, CancellationToken cancellationToken)
    {
        if (Failure is not null)
            throw new InvalidOperationException(Failure);
        lock (_gate)
        {
            var found = _known.Where(deployment => (search.DeviceId is null || deployment.DeviceId == search.DeviceId)
                && deployment.Model.Contains(search.Model, StringComparison.OrdinalIgnoreCase)
                && (search.States.Count == 0 || search.States.Contains(deployment.State))).ToList();
            return Task.FromResult(new DeploymentsFound([.. found.Skip(search.Offset).Take(search.Limit)], found.Count));
        }
    }

    /// <summary>Why the next searches fail, or <c>null</c>.</summary>
    public string? Failure { get; set; }

    public Task<DeploymentView?> FindAsync(string deploymentId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_known.Find(deployment => deployment.DeploymentId == deploymentId));
    }

    public void Push(DeploymentView deployment)
    {
        Action<DeploymentView>[] watchers;
        lock (_gate)
        {
            _known.RemoveAll(known => known.DeploymentId == deployment.DeploymentId);
            _known.Insert(0, deployment);
            watchers = [.. _watchers];
        }

        foreach (var watcher in watchers)
            watcher(deployment);
    }

    public IDisposable Subscribe(Action<DeploymentView> changed)
    {
        lock (_gate)
            _watchers.Add(changed);
        return new Ending(() =>
        {
            lock (_gate)
                _watchers.Remove(changed);
        });
    }
}
