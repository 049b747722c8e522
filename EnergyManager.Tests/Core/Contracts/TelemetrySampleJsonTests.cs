using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;

namespace EnergyManager.Tests.Core.Contracts;

/// <summary>What goes over the wire: agents and servers of different age must understand each other.</summary>
public sealed class TelemetrySampleJsonTests
{
    private static readonly TelemetrySample Sample = new()
    {
        BootId = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        Sequence = 7,
        Time = new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero),
        DurationS = 1,
        CpuPercent = 12.5,
    };

    [Fact]
    public void Write_HostFigures_HaveTheNamesOfTheContract()
    {
        var sample = Sample with { SwapPercent = 1, GpuPercent = 2, CpuFrequencyMhz = 3, NetworkRxBytesPerS = 4, NetworkTxBytesPerS = 5, Throttled = false };

        var written = JsonSerializer.SerializeToElement(new TelemetryBatch([sample]), ContractJson.Default.TelemetryBatch).GetProperty("samples")[0];

        written.GetProperty("swap_percent").GetDouble().ShouldBe(1);
        written.GetProperty("gpu_percent").GetDouble().ShouldBe(2);
        written.GetProperty("cpu_frequency_mhz").GetDouble().ShouldBe(3);
        written.GetProperty("network_rx_bytes_per_s").GetDouble().ShouldBe(4);
        written.GetProperty("network_tx_bytes_per_s").GetDouble().ShouldBe(5);
        written.GetProperty("throttled").GetBoolean().ShouldBeFalse();
        written.Deserialize(ContractJson.Default.TelemetrySample).ShouldBe(sample);
    }

    [Fact]
    public void Read_SampleOfAnOlderAgent_HasNoneOfThem()
    {
        const string Old =
            """{"samples":[{"boot_id":"00000001-0002-0003-0405-060708090a0b","sequence":7,"time":"2026-05-01T10:00:00+00:00","duration_s":1,"cpu_percent":12.5}]}""";

        JsonSerializer.Deserialize(Old, ContractJson.Default.TelemetryBatch)!.Samples.ShouldHaveSingleItem().ShouldBe(Sample);
    }
}
