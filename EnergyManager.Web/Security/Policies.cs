using Microsoft.AspNetCore.Authorization;

namespace EnergyManager.Web.Security;

/// <summary>
/// Names of the authorisation policies. An endpoint that names none is open to people and to API keys, never to devices and
/// never to strangers.
/// </summary>
internal static class Policies
{
    /// <summary>Devices: the hub.</summary>
    public const string Agent = "Agent";

    /// <summary>API keys, and people who are signed in.</summary>
    public const string Api = "Api";

    /// <summary>People who are signed in.</summary>
    public const string Dashboard = "Dashboard";

    /// <summary>Whoever has one of the others: model files, which devices fetch.</summary>
    public const string Artifacts = "Artifacts";

    public const string AgentClaim = "agent";
    public const string ApiClaim = "api";
    public const string DashboardClaim = "dashboard";

    public static void AddManagerPolicies(this IServiceCollection services) => services.AddAuthorizationBuilder()
        .AddPolicy(Agent, May(AgentClaim))
        .AddPolicy(Api, May(ApiClaim))
        .AddPolicy(Dashboard, May(DashboardClaim))
        .AddPolicy(Artifacts, May(AgentClaim, ApiClaim, DashboardClaim))
        .SetFallbackPolicy(May(ApiClaim, DashboardClaim))
        .SetDefaultPolicy(May(ApiClaim, DashboardClaim));

    private static AuthorizationPolicy May(params string[] claims) =>
        new AuthorizationPolicyBuilder().RequireClaim(ManagerClaims.May, claims).Build();

}
