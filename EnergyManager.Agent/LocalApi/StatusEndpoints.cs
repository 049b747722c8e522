namespace EnergyManager.Agent.LocalApi;

/// <summary><c>GET /status</c>: everything that the agent knows of itself.</summary>
public sealed class StatusEndpoints(AgentStatusSource status) : ILocalEndpoints
{
    public void Map(LocalRoutes routes) => routes.Get(
        "/status", context => context.Response.WriteJsonAsync(StatusCodes.Status200OK, status.Read(), AgentStatusJson.Default.AgentStatus));
}
