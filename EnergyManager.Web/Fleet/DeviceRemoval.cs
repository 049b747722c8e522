using EnergyManager.Web.Deployment;
using EnergyManager.Web.Security;
using EnergyManager.Web.Storage;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Fleet;

/// <summary>Removes devices for good.</summary>
public interface IDeviceRemoval
{
    /// <summary>
    /// Revokes the device's credential, ends its connection and what is under way for it, and removes it with its telemetry.
    /// The log of its deployments stays.
    /// </summary>
    /// <returns>What was done, as a sentence, or <c>null</c> when there is no such device.</returns>
    string? Remove(string deviceId, string requestedBy);
}

internal sealed class DeviceRemoval(
    DeviceRegistry devices, SqliteDeploymentStore deployments, DeploymentJournal journal, DeviceCredentials credentials, LiveFeed feed, ILogger<DeviceRemoval> logger) : IDeviceRemoval
{
    public const string Reason = "The device was removed.";

    public string? Remove(string deviceId, string requestedBy)
    {
        if (devices.Find(deviceId) is not { } device)
            return null;
        // The credential first: from here on the device cannot come back.
        credentials.Revoke(deviceId);
        devices.Remove(deviceId);
        CancelUnderWay(deviceId);
        feed.Forget(deviceId);
        logger.LogInformation("{Device} was removed by {Who}", deviceId, requestedBy);
        return Sentence(device);
    }

    /// <summary>Follows what another process, the command line, did to the devices: those that it enrolled are shown, those that it removed are gone.</summary>
    public void Follow()
    {
        foreach (var gone in devices.Synchronize())
        {
            CancelUnderWay(gone);
            feed.Forget(gone);
            logger.LogInformation("{Device} was removed", gone);
        }
    }

    public static string Sentence(DeviceView device) =>
        $"{device.Name} ({device.DeviceId}) is removed with its telemetry; its credential is revoked. "
        + (device.DeviceId.StartsWith(AgentIdentity.LocalPrefix, StringComparison.Ordinal)
            ? "An agent on this machine that still runs comes back as a new device."
            : "Its agent is refused from now on: enrol it again with 'devices enrol'.");

    private void CancelUnderWay(string deviceId)
    {
        foreach (var record in deployments.UnderWay(deviceId))
            journal.Cancel(record.DeploymentId, Reason);
    }
}
