using EnergyManager.Core.Contracts;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Hubs;

/// <summary>Pushes desired state over the hub. Nobody waits for it: a device that does not read delays only itself.</summary>
internal sealed class DesiredStatePush(
    IHubContext<AgentHub> hub, DeviceRegistry devices, IOptions<ManagerOptions> options, TimeProvider time, ILogger<DesiredStatePush> logger) : IDesiredStatePush
{
    public void Push(string deviceId, DesiredState desired)
    {
        if (devices.ConnectionOf(deviceId) is { } connection)
            _ = SendAsync(deviceId, connection, desired);
    }

    private async Task SendAsync(string deviceId, AgentConnection connection, DesiredState desired)
    {
        try
        {
            await hub.Clients.Client(connection.Id).SendAsync(AgentProtocol.DesiredStateChanged, desired)
                .WaitAsync(options.Value.Deployment.PushTimeout, time);
        }
        catch (TimeoutException)
        {
            // It takes nothing in any more. Connecting again, it finds its desired state in the welcome.
            logger.LogWarning("{Device} took no message for {Timeout}: its connection is ended", deviceId, options.Value.Deployment.PushTimeout);
            connection.Abort();
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "Desired state did not reach {Device}; it finds it when it connects again", deviceId);
        }
    }
}
