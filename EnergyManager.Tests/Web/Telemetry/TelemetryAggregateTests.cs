using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Tests.Web.Telemetry;

public sealed class TelemetryAggregateTests
{
    [Fact]
    public void Add_WindowsOfDifferentLength_WeighsByLength()
    {
        var aggregate = Sum(Samples.Of(1) with { DurationS = 1, CpuPercent = 10 }, Samples.Of(2) with { DurationS = 3, CpuPercent = 50 });

        aggregate.ToPoint(Samples.Noon).CpuPercent!.Value.ShouldBe(40, 1e-12);
    }

    [Fact]
    public void Add_NothingMeasured_StaysNull()
    {
        var point = Sum(Samples.Of(1) with { CpuPercent = null }, Samples.Of(2) with { CpuPercent = null }).ToPoint(Samples.Noon);

        point.CpuPercent.ShouldBeNull();
        point.TemperatureC.ShouldBeNull();
        point.Power.ShouldBeNull();
        point.Inference.ShouldBeNull();
    }

    [Fact]
    public void Add_FigureMissingInOneSample_IsTheMeanOfTheOthers() =>
        Sum(Samples.Of(1) with { CpuPercent = 20 }, Samples.Of(2) with { CpuPercent = null }).ToPoint(Samples.Noon).CpuPercent.ShouldBe(20);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(false, null, false)]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(null, true, true)]
    public void Add_Throttled_IsTrueWhenAnySampleWas(bool? first, bool? second, bool? whole) =>
        Sum(Samples.Of(1) with { Throttled = first }, Samples.Of(2) with { Throttled = second }).ToPoint(Samples.Noon).Throttled.ShouldBe(whole);

    [Fact]
    public void Add_PowerInPartOfTheStep_SumsJoulesOverTheMeasuredSecondsOnly()
    {
        var power = Sum(Samples.Of(1) with { Power = Samples.Power(4) }, Samples.Of(2), Samples.Of(3) with { Power = Samples.Power(6) })
            .ToPoint(Samples.Noon).Power!;

        power.Joules.ShouldBe(10, 1e-12);
        power.MeanW.ShouldBe(5, 1e-12);
        power.MinW.ShouldBe(3);
        power.MaxW.ShouldBe(7);
        power.Provenance.ShouldBe("measured:ina219");
    }

    [Fact]
    public void Add_SensorChanges_NeverMixesTwoSensors()
    {
        var other = Samples.Power(8) with { Provenance = Provenance.Measured("board-rail") };

        var power = Sum(Samples.Of(1) with { Power = Samples.Power(4) }, Samples.Of(2) with { Power = other }).ToPoint(Samples.Noon).Power!;

        power.Provenance.ShouldBe("measured:board-rail");
        power.Joules.ShouldBe(8);
    }

    [Fact]
    public void Add_Latencies_WeighsByInferences()
    {
        var inference = Sum(
            Samples.Of(1) with { Inference = new InferenceWindow("a", null, 1, 0, 10, 12, null) },
            Samples.Of(2) with { Inference = new InferenceWindow("a", null, 3, 1, 20, 24, null) }).ToPoint(Samples.Noon).Inference!;

        inference.ShouldBe(new TelemetryInference("a", 4, 1, 17.5, 21, null));
    }

    [Fact]
    public void Add_ModelChanges_ShowsTheLastModelOnly() =>
        Sum(
            Samples.Of(1) with { Inference = new InferenceWindow("a", null, 9, 0, 10, 12, null) },
            Samples.Of(2) with { Inference = new InferenceWindow("b", null, 2, 0, 30, 40, 5) })
        .ToPoint(Samples.Noon).Inference.ShouldBe(new TelemetryInference("b", 2, 0, 30, 40, 5));

    [Fact]
    public void Add_AggregatesOfParts_IsTheAggregateOfTheWhole()
    {
        var samples = Enumerable.Range(1, 20).Select(i => Samples.Of(i) with
        {
            DurationS = 1 + (i % 3),
            CpuPercent = i % 4 == 0 ? null : i,
            SwapPercent = i,
            GpuPercent = i % 5 == 0 ? null : i,
            CpuFrequencyMhz = 1000 + i,
            NetworkRxBytesPerS = 10 * i,
            NetworkTxBytesPerS = 20 * i,
            Throttled = i == 3,
            Power = i % 2 == 0 ? Samples.Power(i) : null,
            Inference = new InferenceWindow("a", null, i, 0, i, i + 1, null),
        }).ToArray();
        var whole = Sum(samples).ToPoint(Samples.Noon);

        var parts = Sum(samples[..7]);
        parts.Add(Sum(samples[7..]));

        var point = parts.ToPoint(Samples.Noon);
        point.CpuPercent!.Value.ShouldBe(whole.CpuPercent!.Value, 1e-9);
        point.SwapPercent!.Value.ShouldBe(whole.SwapPercent!.Value, 1e-9);
        point.GpuPercent!.Value.ShouldBe(whole.GpuPercent!.Value, 1e-9);
        point.CpuFrequencyMhz!.Value.ShouldBe(whole.CpuFrequencyMhz!.Value, 1e-9);
        point.NetworkRxBytesPerS!.Value.ShouldBe(whole.NetworkRxBytesPerS!.Value, 1e-9);
        point.NetworkTxBytesPerS!.Value.ShouldBe(whole.NetworkTxBytesPerS!.Value, 1e-9);
        point.Throttled.ShouldBe(true);
        point.Power!.Joules.ShouldBe(whole.Power!.Joules, 1e-9);
        point.Inference!.P50Ms!.Value.ShouldBe(whole.Inference!.P50Ms!.Value, 1e-9);
    }

    private static TelemetryAggregate Sum(params TelemetrySample[] samples)
    {
        var aggregate = new TelemetryAggregate();
        foreach (var sample in samples)
            aggregate.Add(sample);
        return aggregate;
    }
}
