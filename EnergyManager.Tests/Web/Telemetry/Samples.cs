using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Web.Telemetry;

/// <summary>Telemetry as an agent would send it.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TelemetrySample Of(Guid boot, long sequence, DateTimeOffset time, double cpu = 50) => new()
    {
        BootId = boot,
        Sequence = sequence,
        Time = time,
        DurationS = 1,
        CpuPercent = cpu,
        RamPercent = 30,
    };

    public static TelemetrySample Of(long sequence) => Of(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), sequence, Noon.AddSeconds(sequence));

    /// <summary>One sample a second from a time on, sequences from <paramref name="first"/>.</summary>
    public static IReadOnlyList<TelemetrySample> Run(Guid boot, long first, int count, DateTimeOffset start) =>
        [.. Enumerable.Range(0, count).Select(i => Of(boot, first + i, start.AddSeconds(i), cpu: i % 100))];

    public static PowerWindow Power(double watts = 4) => new(watts, watts - 1, watts + 1, watts, 100, Provenance.Measured("ina219"));

    public static AgentHello Hello(Guid boot, string name = "bench") => new()
    {
        ProtocolVersion = AgentProtocol.Version,
        BootId = boot,
        AgentVersion = "1.0",
        Name = name,
        DeviceType = "jetson-nano",
        Addresses = ["10.1.2.3"],
        Sensors = [new SensorInfo("cpu", true, "/proc/stat"), new SensorInfo("power:ina219", true, "hwmon3")],
    };
}
