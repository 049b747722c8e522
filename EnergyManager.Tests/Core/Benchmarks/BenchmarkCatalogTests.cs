using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Benchmarks;

public sealed class BenchmarkCatalogTests
{
    public static TheoryData<string> Devices => [.. DeviceTypes.All.Select(d => d.Id)];

    [Theory]
    [MemberData(nameof(Devices))]
    public void Load_EveryDeviceType_HasOnlyRowsThatTheBoardCanDraw(string id)
    {
        var device = DeviceTypes.All.Single(d => d.Id == id);

        var table = BenchmarkCatalog.Load(device);

        table.Rows.Count.ShouldBeGreaterThan(150);
        table.Rows.Where(r => r.AveragePower < device.MinimumPower || r.AveragePower > device.MaximumPower).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Load_EveryDeviceType_HasPlausibleBytesPerParameterOrSaysSo(string id)
    {
        var table = BenchmarkCatalog.Load(DeviceTypes.All.Single(d => d.Id == id));

        table.Rows.Where(r => !r.Findings.Contains("bytes-per-parameter", StringComparison.Ordinal)
            && r.SizeMb / r.ParamsM is not ((> 3 and < 5) or (> 1.5 and < 2.5) or (> 0.75 and < 1.25))).Select(r => r.Model).ShouldBeEmpty();
    }

    [Fact]
    public void Load_RowOfKnownCount_GivesEnergyPerInference()
    {
        var row = BenchmarkCatalog.Load(DeviceTypes.JetsonNano).Rows.Single(r => r is { Model: "resnet50", Campaign: "passes-500-b4" });

        // 268.7472 mWh over 500 passes of 4 inputs: 268.7472 x 3600 / 2000 mJ.
        row.EnergyPerInference.ShouldNotBeNull().Millijoules.ShouldBe(483.745, 0.001);
        row.ParamsM.ShouldBe(25.557);
    }

    [Fact]
    public void Load_RowOfUnknownCount_HasNoEnergyPerInference()
    {
        var row = BenchmarkCatalog.Load(DeviceTypes.RaspberryPi5).Rows.First(r => r.Model == "resnet50.a1_in1k");

        row.Inferences.ShouldBeNull();
        row.EnergyPerInference.ShouldBeNull();
        row.AveragePower.Watts.ShouldBe(96.636745 * 3.6 / 81.689365, 1e-6);
    }

    [Fact]
    public void Load_Twice_GivesOneTableWithTheHashOfItsBytes()
    {
        var table = BenchmarkCatalog.Load(DeviceTypes.JetsonNano);

        BenchmarkCatalog.Load(DeviceTypes.JetsonNano).ShouldBeSameAs(table);
        table.Sha256.Length.ShouldBe(64);
        table.Sha256.ShouldNotBe(BenchmarkCatalog.Load(DeviceTypes.RaspberryPi5).Sha256);
    }

    [Fact]
    public void Load_DeviceTypeWithoutTable_SaysWhichNamesAreAccepted() =>
        Should.Throw<ArgumentException>(() => BenchmarkCatalog.Load(new DeviceType("beaglebone", "BeagleBone", Power.FromWatts(1), Power.FromWatts(5))))
            .Message.ShouldContain("jetson-nano");
}
