using EnergyManager.Core.Deployment;
using EnergyManager.Web.Deployment;

namespace EnergyManager.Web.Components.Panels;

/// <summary>A line of the deployment log.</summary>
public sealed record LogLine(string Key, string DeploymentId, DateTimeOffset Time, string DeviceId, string Model, DeploymentState State, string? Message, bool RandomWeights);

/// <summary>Steps of the newest deployments as lines, oldest first.</summary>
/// <param name="capacity">Lines kept.</param>
public sealed class DeploymentLog(int capacity)
{
    private readonly Dictionary<string, DeploymentView> _deployments = new(StringComparer.Ordinal);

    /// <summary>The lines.</summary>
    public IReadOnlyList<LogLine> Lines { get; private set; } = [];

    /// <summary>The newest deployment that is still on its way, else the newest; <c>null</c> without any.</summary>
    public DeploymentView? Newest =>
        _deployments.Values.MaxBy(deployment => (!DeploymentTransitions.IsSettled(deployment.State), deployment.RequestedAt));

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _deployments.Clear();
        Lines = [];
    }

    /// <summary>Takes deployments as they are now, in any order; a newer view of one replaces the older.</summary>
    public void Take(params IEnumerable<DeploymentView> deployments)
    {
        ArgumentNullException.ThrowIfNull(deployments);
        foreach (var deployment in deployments)
        {
            // Views can overtake each other on their way here: a history only grows.
            if (!_deployments.TryGetValue(deployment.DeploymentId, out var known) || deployment.History.Count >= known.History.Count)
                _deployments[deployment.DeploymentId] = deployment;
        }

        var lines = _deployments.Values
            .SelectMany(deployment => deployment.History.Select((step, index) => new LogLine(
                $"{deployment.DeploymentId}/{index}", deployment.DeploymentId, step.Time, deployment.DeviceId, deployment.Model, step.State, step.Message, deployment.RandomWeights)))
            .OrderBy(line => line.Time)
            .ToList();
        Lines = lines.Count > capacity ? lines[^capacity..] : lines;
        if (_deployments.Count > capacity)
        {
            foreach (var old in _deployments.Values.OrderBy(deployment => deployment.RequestedAt).Take(_deployments.Count - capacity).ToList())
                _deployments.Remove(old.DeploymentId);
        }
    }
}
