using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Boards;

namespace EnergyManager.Tests.Core.Boards;

public sealed class PowerLimitsTests
{
    // 3 W and 6 W.
    private const string Rows =
        """
        model,params_m,gmacs,size_mb,input_width,input_height,run_duration_s,run_energy_mwh
        resnet18,11.69,1.82,44.68,224,224,36,30
        resnet50,25.56,4.11,97.8,224,224,36,60

        """;

    [Theory]
    [InlineData(2.0, 15.0, 2, 15, "given")]
    [InlineData(null, null, 1.5, 12, "both derived")]
    [InlineData(2.0, null, 2, 12, "maximum derived")]
    [InlineData(null, 15.0, 1.5, 15, "minimum derived")]
    public void Of_WhatIsNotGiven_IsDerivedAndSaid(double? minimum, double? maximum, double least, double greatest, string origin)
    {
        var limits = PowerLimits.Of(minimum, maximum, Records(Rows));
        limits.Minimum.Watts.ShouldBe(least, 1e-9);
        limits.Maximum.Watts.ShouldBe(greatest, 1e-9);
        limits.Origin.ShouldContain(origin);
    }

    [Theory]
    [InlineData(20.0, 3.0)]
    [InlineData(20.0, null)]
    [InlineData(null, 1.0)]
    public void Of_LeastNotBelowGreatest_IsRefused(double? minimum, double? maximum) =>
        Should.Throw<BoardRefusedException>(() => PowerLimits.Of(minimum, maximum, Records(Rows))).Message.ShouldContain("--min-power");

    [Fact]
    public void Of_NoDurations_AsksForThem()
    {
        const string Latencies =
            """
            model,params_m,gmacs,size_mb,input_size,latency_avg_s,energy_avg_mwh
            resnet18,11.69,1.82,44.68,3x224x224,0.05,30

            """;
        Should.Throw<BoardRefusedException>(() => PowerLimits.Of(null, null, Records(Latencies))).Message.ShouldContain("--max-power");
        PowerLimits.Of(1, 10, Records(Latencies)).Origin.ShouldBe("given");
    }

    private static IReadOnlyList<BenchmarkRecord> Records(string csv) => BenchmarkReader.Read(new StringReader(csv), "my.csv").Records;
}
