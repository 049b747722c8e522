using System.Security.Claims;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Security;
using EnergyManager.Web.Storage;

namespace EnergyManager.Web.Hubs;

/// <summary>What happens on an agent's connection, apart from the transport.</summary>
internal sealed class AgentSessions(
    DeviceRegistry devices, ITelemetryStore telemetry, SqliteDeviceStore store, DeploymentReports reports, ILogger<AgentSessions> logger)
{
    /// <summary>Takes in a device, or says why not.</summary>
    public ServerWelcome Open(ClaimsPrincipal? user, AgentHello hello, AgentConnection connection)
    {
        var identity = AgentIdentity.Of(user, hello.Name);
        if (identity is null)
            return Refused("This connection has no device credential: create one with 'devices enrol'.");
        if (HelloCheck.Refusal(hello) is { } wrong)
            return Refused(wrong);
        try
        {
            devices.Connect(identity.DeviceId, hello, takesOwnName: identity.IsLocal, connection);
        }
        catch (FleetFullException e)
        {
            return Refused(e.Message);
        }

        logger.LogInformation("{Device} ({Type}, agent {Version}) connected", identity.DeviceId, hello.DeviceType, hello.AgentVersion);
        return new ServerWelcome
        {
            Accepted = true,
            DeviceId = identity.DeviceId,
            StoredSequence = telemetry.StoredSequence(identity.DeviceId, hello.BootId),
            LiveFirst = true,
            Desired = store.Desired(identity.DeviceId),
        };
    }

    public void Seen(string deviceId, TelemetrySample newest) => devices.Seen(deviceId, newest);

    public bool Report(string deviceId, DeploymentReport report) => reports.Apply(deviceId, report);

    public void Close(string deviceId, string connectionId)
    {
        logger.LogInformation("{Device} disconnected", deviceId);
        devices.Disconnect(deviceId, connectionId);
    }

    private ServerWelcome Refused(string why)
    {
        logger.LogWarning("An agent was refused: {Why}", why);
        return new ServerWelcome { Accepted = false, Refusal = why };
    }
}
