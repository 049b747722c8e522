namespace EnergyManager.Web.Balena;

/// <summary>Restarts and reboots, with a line in the audit trail for each.</summary>
public sealed class BalenaActions(IBalenaClient balena, ILogger<BalenaActions> logger)
{
    /// <summary>Restarts the services of a device, the agent among them.</summary>
    /// <returns>What happens next, as a sentence.</returns>
    /// <exception cref="BalenaException">The device is unknown or not connected, or Balena refuses.</exception>
    public async Task<string> RestartAsync(string uuid, string requestedBy, CancellationToken cancellationToken)
    {
        var device = await FindAsync(uuid, cancellationToken);
        await AuditedAsync("restart", device, requestedBy, () => balena.RestartAsync(device, cancellationToken));
        return $"{device.DeviceName} restarts its services: its agent connects again within a minute.";
    }

    /// <summary>Reboots the board.</summary>
    /// <returns>What happens next, as a sentence.</returns>
    /// <exception cref="BalenaException">The device is unknown or not connected, or Balena refuses.</exception>
    public async Task<string> RebootAsync(string uuid, bool force, string requestedBy, CancellationToken cancellationToken)
    {
        var device = await FindAsync(uuid, cancellationToken);
        await AuditedAsync(force ? "forced reboot" : "reboot", device, requestedBy, () => balena.RebootAsync(device.Uuid, force, cancellationToken));
        return $"{device.DeviceName} reboots: its agent connects again when the board is up.";
    }

    private async Task<BalenaDevice> FindAsync(string uuid, CancellationToken cancellationToken) =>
        await balena.FindDeviceAsync(uuid, cancellationToken)
        ?? throw new BalenaException($"The Balena account has no device {uuid}. GET /api/balena/devices lists them.") { StatusCode = StatusCodes.Status404NotFound };

    private async Task AuditedAsync(string action, BalenaDevice device, string requestedBy, Func<Task> act)
    {
        try
        {
            await act();
            logger.LogInformation("Balena {Action} of {Name} ({Uuid}) asked by {RequestedBy}: accepted", action, device.DeviceName, device.Uuid, requestedBy);
        }
        catch (BalenaException exception)
        {
            logger.LogInformation("Balena {Action} of {Name} ({Uuid}) asked by {RequestedBy}: refused: {Why}", action, device.DeviceName, device.Uuid, requestedBy, exception.Message);
            throw;
        }
    }
}
