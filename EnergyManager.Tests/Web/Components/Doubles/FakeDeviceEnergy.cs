using EnergyManager.Web.Calibration;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>What a test says that devices measured.</summary>
public sealed class FakeDeviceEnergy : IDeviceEnergy
{
    public Dictionary<string, DeviceEnergyView> Views { get; } = new(StringComparer.Ordinal);

    public Task<DeviceEnergyView?> OfAsync(string deviceId, CancellationToken cancellationToken) => Task.FromResult(Views.GetValueOrDefault(deviceId));
}
