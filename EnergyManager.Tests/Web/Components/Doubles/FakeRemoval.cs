using EnergyManager.Web.Fleet;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Remembers what was removed.</summary>
public sealed class FakeRemoval : IDeviceRemoval
{
    public List<string> Removed { get; } = [];

    public string? Remove(string deviceId, string requestedBy)
    {
        Removed.Add(deviceId);
        return "Removed.";
    }
}
