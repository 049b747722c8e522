using EnergyManager.Core.Contracts;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using Microsoft.AspNetCore.SignalR;

namespace EnergyManager.Web.Hubs;

/// <summary>Pushes desired state over the hub.</summary>
internal sealed class DesiredStatePush(IHubContext<AgentHub> hub, DeviceRegistry devices, ILogger<DesiredStatePush> logger) : IDesiredStatePush
{
    public async Task PushAsync(string deviceId, DesiredState desired, CancellationToken cancellationToken)
    {
        if (devices.ConnectionOf(deviceId) is not { } connection)
            return;
        try
        {
            await hub.Clients.Client(connection.Id).SendAsync(AgentProtocol.DesiredStateChanged, desired, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogWarning(e, "Desired state did not reach {Device}; it finds it when it connects again", deviceId);
        }
    }
}
