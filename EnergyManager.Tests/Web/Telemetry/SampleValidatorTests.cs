using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Tests.Web.Telemetry;

public sealed class SampleValidatorTests
{
    private static readonly InferenceWindow Inference = new("a", "d", 5, 0, 10, 12, null);

    private static readonly Dictionary<string, (TelemetrySample Sample, string Field)> Bad = new()
    {
        ["sequence 0"] = (Samples.Of(0), "sequence"),
        ["NaN"] = (Samples.Of(1) with { CpuPercent = double.NaN }, "cpu_percent"),
        ["infinite"] = (Samples.Of(1) with { TemperatureC = double.PositiveInfinity }, "temperature_c"),
        ["negative"] = (Samples.Of(1) with { RamPercent = -1 }, "ram_percent"),
        ["over 100 %"] = (Samples.Of(1) with { StoragePercent = 101 }, "storage_percent"),
        ["battery"] = (Samples.Of(1) with { BatteryPercent = 1000 }, "battery_percent"),
        ["swap"] = (Samples.Of(1) with { SwapPercent = -0.1 }, "swap_percent"),
        ["gpu"] = (Samples.Of(1) with { GpuPercent = 100.1 }, "gpu_percent"),
        ["frequency"] = (Samples.Of(1) with { CpuFrequencyMhz = 1.5e9 }, "cpu_frequency_mhz"),
        ["negative traffic"] = (Samples.Of(1) with { NetworkRxBytesPerS = -1 }, "network_rx_bytes_per_s"),
        ["infinite traffic"] = (Samples.Of(1) with { NetworkTxBytesPerS = double.PositiveInfinity }, "network_tx_bytes_per_s"),
        ["no duration"] = (Samples.Of(1) with { DurationS = 0 }, "duration_s"),
        ["future"] = (Samples.Of(1) with { Time = Samples.Noon.AddDays(2) }, "time"),
        ["clock never set"] = (Samples.Of(1) with { Time = DateTimeOffset.UnixEpoch }, "time"),
        ["power that nothing measured"] = (Samples.Of(1) with { Power = Samples.Power() with { Provenance = Provenance.Predicted } }, "power.provenance"),
        ["power without a reading"] = (Samples.Of(1) with { Power = Samples.Power() with { Samples = 0 } }, "power.samples"),
        ["max below min"] = (Samples.Of(1) with { Power = Samples.Power() with { MaxW = 1 } }, "power.max_w"),
        ["mean outside"] = (Samples.Of(1) with { Power = Samples.Power() with { MeanW = 9 } }, "power.mean_w"),
        ["negative joules"] = (Samples.Of(1) with { Power = Samples.Power() with { Joules = -1 } }, "power.joules"),
        ["no model"] = (Samples.Of(1) with { Inference = Inference with { Model = " " } }, "inference.model"),
        ["negative count"] = (Samples.Of(1) with { Inference = Inference with { Count = -1 } }, "inference.count"),
        ["p95 below p50"] = (Samples.Of(1) with { Inference = Inference with { P95Ms = 1 } }, "inference.p95_ms"),
        ["energy without a sensor"] = (Samples.Of(1) with { Inference = Inference with { EnergyPerInferenceMj = 5 } }, "inference.energy_per_inference_mj"),
    };

    public static TheoryData<string> BadCases => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(BadCases))]
    public void Check_BadFigure_NamesTheField(string name)
    {
        var wrong = SampleValidator.Check(Bad[name].Sample, Samples.Noon, TimeSpan.FromDays(730));

        wrong.ShouldNotBeNull().ShouldStartWith(Bad[name].Field);
    }

    [Fact]
    public void Check_EverythingInRange_IsFine() =>
        SampleValidator.Check(
            Samples.Of(1) with { CpuPercent = 100.0001, Power = Samples.Power(), Inference = Inference with { EnergyPerInferenceMj = 800 } },
            Samples.Noon, TimeSpan.FromDays(730)).ShouldBeNull();

    [Fact]
    public void Check_NothingMeasured_IsFine() =>
        SampleValidator.Check(
            new TelemetrySample { BootId = Guid.NewGuid(), Sequence = 1, Time = Samples.Noon, DurationS = 1 }, Samples.Noon, TimeSpan.FromDays(730)).ShouldBeNull();
}
