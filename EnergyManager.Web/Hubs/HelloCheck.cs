using EnergyManager.Core.Contracts;
using EnergyManager.Core.Devices;

namespace EnergyManager.Web.Hubs;

/// <summary>What is wrong with an agent's first message.</summary>
internal static class HelloCheck
{
    private const int MaximumEntries = 64;

    /// <summary>The first thing that is wrong as a sentence, or <c>null</c>.</summary>
    public static string? Refusal(AgentHello hello)
    {
        if (hello.ProtocolVersion != AgentProtocol.Version)
            return $"The agent speaks protocol {hello.ProtocolVersion}, this server speaks {AgentProtocol.Version}: install agent and server of the same version.";
        if (hello.BootId == Guid.Empty)
            return "boot_id is empty: the agent makes one when it starts.";
        return Text("name", hello.Name, required: true)
            ?? Text("device_type", hello.DeviceType, required: true)
            ?? Text("agent_version", hello.AgentVersion, required: true)
            ?? Text("platform", hello.Platform)
            ?? Count("addresses", hello.Addresses.Count)
            ?? hello.Addresses.Select(address => Text("addresses", address, required: true)).FirstOrDefault(wrong => wrong is not null)
            ?? (hello.BalenaDeviceUuid is { } uuid && !BalenaUuid.IsWellFormed(uuid) ? "balena_device_uuid is not 32 or 62 hexadecimal digits." : null)
            ?? Count("sensors", hello.Sensors.Count)
            ?? hello.Sensors.Select(sensor => Text("sensors.name", sensor.Name, required: true) ?? Text("sensors.detail", sensor.Detail))
                .FirstOrDefault(wrong => wrong is not null)
            ?? Text("running.model", hello.Running?.Model)
            ?? Text("running.deployment_id", hello.Running?.DeploymentId)
            ?? (hello.MemoryBytes is <= 0 ? "memory_bytes is not greater than 0: leave it out where it is unknown." : null);
    }

    private static string? Text(string field, string? value, bool required = false) =>
        required && string.IsNullOrWhiteSpace(value) ? $"{field} is empty."
        : value?.Length > AgentProtocol.MaximumText ? $"{field} is longer than {AgentProtocol.MaximumText} characters."
        : null;

    private static string? Count(string field, int count) => count > MaximumEntries ? $"{field} has {count} entries, at most {MaximumEntries} are taken." : null;
}
