using EnergyManager.Core.Telemetry;

namespace EnergyManager.Tests.Agent.Outbox;

internal static class Samples
{
    public static readonly Guid FirstBoot = new("11111111-1111-1111-1111-111111111111");
    public static readonly Guid SecondBoot = new("22222222-2222-2222-2222-222222222222");

    public static TelemetrySample At(long sequence, Guid? boot = null) => new()
    {
        BootId = boot ?? FirstBoot,
        Sequence = sequence,
        Time = DateTimeOffset.UnixEpoch.AddSeconds(sequence),
        DurationS = 1,
        CpuPercent = sequence % 100,
    };
}
