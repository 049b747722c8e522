namespace EnergyManager.Web.Fleet;

/// <summary>Every device that the server knows, connected or not.</summary>
public interface IDeviceFleet
{
    /// <summary>All devices, by name. A snapshot.</summary>
    IReadOnlyList<DeviceView> List();

    /// <summary>The device of an identifier, or <c>null</c>.</summary>
    DeviceView? Find(string deviceId);

    /// <summary>The device that has an address (its own or the one its connection comes from), connected ones first, or <c>null</c>.</summary>
    DeviceView? FindByAddress(string address);

    /// <summary>Calls back with the identifier of a device that changed, on any thread and quickly. Dispose to stop.</summary>
    IDisposable Subscribe(Action<string> changed);
}
