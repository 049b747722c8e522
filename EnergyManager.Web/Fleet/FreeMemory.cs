using EnergyManager.Core.Telemetry;

namespace EnergyManager.Web.Fleet;

/// <summary>What memory a device has free.</summary>
internal static class FreeMemory
{
    /// <summary>Free memory in MB: what it has, less what its newest sample says is in use; <c>null</c> where either is unknown.</summary>
    public static double? Mb(DeviceView device, TelemetrySample? newest) => device.MemoryMb * (1 - (newest?.RamPercent / 100));
}
