namespace EnergyManager.Agent.LocalApi;

/// <summary><c>GET /metrics</c> for Prometheus.</summary>
public sealed class MetricsEndpoints(AgentStatusSource status) : ILocalEndpoints
{
    public void Map(LocalRoutes routes) => routes.Get(
        "/metrics",
        context => context.Response.WriteTextAsync(
            Metrics.ContentType, Metrics.Write(status.Read(), Environment.CpuUsage.TotalTime.TotalSeconds, Environment.WorkingSet)));
}
