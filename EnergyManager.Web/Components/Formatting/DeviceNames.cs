using EnergyManager.Core.Devices;

namespace EnergyManager.Web.Components.Formatting;

/// <summary>Device types for people.</summary>
public static class DeviceNames
{
    /// <summary>The name of a known board, else what the device says of itself.</summary>
    public static string Of(DeviceTypeCatalog catalog, string deviceType) =>
        catalog.TryResolve(deviceType, out var resolution) && resolution.Note is null ? resolution.Device.Name : deviceType;
}
