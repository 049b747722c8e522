using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Devices;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent;

/// <summary>Who this agent is: a boot identifier for every start, and what the host says of itself.</summary>
public sealed class AgentIdentity(IOptions<AgentOptions> options)
{
    public Guid BootId { get; } = Guid.NewGuid();

    public string Version { get; } =
        typeof(AgentIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public string Name { get; } = options.Value.Name?.Trim() ?? Environment.MachineName;

    public string DeviceType { get; } = options.Value.DeviceType?.Trim() ?? DetectDeviceType(options.Value.ProcRoot);

    /// <summary>For example <c>Debian GNU/Linux 12 (bookworm), Arm64, 4 cores, 3.9 GB</c>.</summary>
    public string Platform { get; } = FormattableString.Invariant(
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} cores, {MemorySensor.TotalBytes(options.Value.ProcRoot) / 1e9:0.0} GB");

    /// <summary>Memory of the host in bytes, or <c>null</c> where it cannot be read.</summary>
    public long? MemoryBytes { get; } = MemorySensor.TotalBytes(options.Value.ProcRoot) is > 0 and var bytes ? bytes : null;

    /// <summary>Balena device that this container runs on, as its supervisor tells it in the environment; <c>null</c> elsewhere.</summary>
    public string? BalenaDeviceUuid { get; } = BalenaUuid.Normalise(Environment.GetEnvironmentVariable(BalenaUuid.Variable));

    /// <summary>Device type from <c>/proc/device-tree/model</c>, for example "NVIDIA Jetson Nano 2GB Developer Kit\0".</summary>
    public static string DetectDeviceType(string procRoot)
    {
        if (!SysFile.TryReadText(Path.Combine(procRoot, "device-tree", "model"), out var model, out _))
            return DeviceTypes.GenericLinuxId;
        return model switch
        {
            _ when model.Contains("Jetson Nano", StringComparison.OrdinalIgnoreCase) => DeviceTypes.JetsonNano.Id,
            _ when model.Contains("Raspberry Pi 5", StringComparison.OrdinalIgnoreCase) => DeviceTypes.RaspberryPi5.Id,
            _ => DeviceTypes.GenericLinuxId,
        };
    }

    /// <summary>Addresses of the interfaces that are up, without loopback and link-local ones; they can change between connections.</summary>
    public static IReadOnlyList<string> Addresses()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                    .Select(a => a.Address)
                    .Where(a => !a.IsIPv6LinkLocal)
                    .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                    .Select(a => a.ToString())
                    .Distinct(StringComparer.Ordinal)
                    .Take(16),
            ];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
