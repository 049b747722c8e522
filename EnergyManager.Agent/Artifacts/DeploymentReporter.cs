using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;

namespace EnergyManager.Agent.Artifacts;

/// <summary>Queues reports for the server, in order, in the persisted state.</summary>
public sealed class DeploymentReporter(AgentStateStore store, TimeProvider time, ILogger<DeploymentReporter> logger)
{
    public void Report(string deploymentId, DeploymentState state, string? reason = null)
    {
        if (reason is null)
            logger.LogInformation("Deployment {DeploymentId}: {State}.", deploymentId, state);
        else
            logger.LogWarning("Deployment {DeploymentId}: {State}. {Reason}", deploymentId, state, reason);
        store.Update(With(Create(deploymentId, state) with { Reason = reason }));
    }

    /// <summary>Progress of a download. An earlier one that still waits is replaced.</summary>
    public void ReportProgress(string deploymentId, long bytes) => store.Update(current =>
    {
        var report = Create(deploymentId, DeploymentState.Downloading) with { DownloadedBytes = bytes };
        return current.Reports is [.., { State: DeploymentState.Downloading } last] && last.DeploymentId == deploymentId
            ? current with { Reports = [.. current.Reports.SkipLast(1), report] }
            : current with { Reports = [.. current.Reports, report] };
    });

    public DeploymentReport Create(string deploymentId, DeploymentState state) =>
        new() { DeploymentId = deploymentId, State = state, Time = time.GetUtcNow() };

    /// <summary>The change that appends a report.</summary>
    public static Func<AgentState, AgentState> With(DeploymentReport report) =>
        state => state with { Reports = [.. state.Reports, report] };
}
