using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Sampling;

namespace EnergyManager.Agent.LocalApi;

/// <summary><c>GET /metrics</c> for Prometheus.</summary>
public sealed class MetricsEndpoints(AgentStatusSource status, SampleTotals totals, InferenceEngine inference) : ILocalEndpoints
{
    public void Map(LocalRoutes routes) => routes.Get(
        "/metrics",
        context => context.Response.WriteTextAsync(
            Metrics.ContentType, Metrics.Write(status.Read(), totals.Snapshot(), OwnCost.Read(), inference.Usage)));
}
