using EnergyManager.Web.Fleet;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Devices in memory.</summary>
public sealed class FakeFleet : IDeviceFleet
{
    private readonly Lock _gate = new();
    private readonly List<Action<string>> _watchers = [];
    private readonly Dictionary<string, DeviceView> _devices = new(StringComparer.Ordinal);

    public int Watchers
    {
        get
        {
            lock (_gate)
                return _watchers.Count;
        }
    }

    public void Put(DeviceView device)
    {
        Action<string>[] watchers;
        lock (_gate)
        {
            _devices[device.DeviceId] = device;
            watchers = [.. _watchers];
        }

        foreach (var watcher in watchers)
            watcher(device.DeviceId);
    }

    public IReadOnlyList<DeviceView> List()
    {
        lock (_gate)
            return [.. _devices.Values.OrderBy(device => device.Name, StringComparer.Ordinal)];
    }

    public DeviceView? Find(string deviceId)
    {
        lock (_gate)
            return _devices.GetValueOrDefault(deviceId);
    }

    public DeviceView? FindByAddress(string address) => List().FirstOrDefault(device => device.Address == address);

    public IDisposable Subscribe(Action<string> changed)
    {
        lock (_gate)
            _watchers.Add(changed);
        return new Ending(() =>
        {
            lock (_gate)
                _watchers.Remove(changed);
        });
    }
}

/// <summary>Runs something when disposed.</summary>
internal sealed class Ending(Action end) : IDisposable
{
    public void Dispose() => end();
}
