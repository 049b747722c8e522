using EnergyManager.Agent.Sensors;

namespace EnergyManager.Tests.Agent.Sensors;

public sealed class PowerSourceTests
{
    private const string Hwmon = "class/hwmon/hwmon2/";

    [Theory]
    [InlineData("ina219")]
    [InlineData("ina226")]
    public void Ina2xx_PowerRegister_IsMicrowatts(string chip)
    {
        using var sys = new FakeTree(
            (Hwmon + "name", chip), (Hwmon + "power1_input", "4212000"), (Hwmon + "in0_input", "3"), (Hwmon + "in1_input", "5104"), (Hwmon + "shunt_resistor", "10000"));

        var source = PowerSources.Find(sys.Root).FirstOrDefault().ShouldNotBeNull();

        source.Read().Watts!.Value.ShouldBe(4.212, 1e-9);
        source.Provenance.ToString().ShouldBe($"measured:{chip}");
        source.Name.ShouldBe($"power:{chip}");
    }

    [Fact]
    public void Ina2xx_LostCalibration_ComputesFromShuntAndBus()
    {
        // The register says 0 while 82 mV lie over 0.1 ohm: 0.82 A at 5.1 V.
        using var sys = new FakeTree(
            (Hwmon + "name", "ina219"), (Hwmon + "power1_input", "0"), (Hwmon + "in0_input", "82"), (Hwmon + "in1_input", "5100"), (Hwmon + "shunt_resistor", "100000"));

        PowerSources.Find(sys.Root).FirstOrDefault()!.Read().Watts!.Value.ShouldBe(4.182, 1e-9);
    }

    [Fact]
    public void Ina2xx_NegativeShunt_IsAbsentWithReason()
    {
        using var sys = new FakeTree(
            (Hwmon + "name", "ina226"), (Hwmon + "power1_input", "0"), (Hwmon + "in0_input", "-10"), (Hwmon + "in1_input", "5000"), (Hwmon + "shunt_resistor", "100000"));

        var reading = PowerSources.Find(sys.Root).FirstOrDefault()!.Read();

        reading.Watts.ShouldBeNull();
        reading.Reason.ShouldNotBeNull().ShouldContain("negative (-0.5 W)");
    }

    [Fact]
    public void Ina2xx_NothingFlows_IsZeroBecauseTheShuntAgrees()
    {
        using var sys = new FakeTree((Hwmon + "name", "ina219"), (Hwmon + "power1_input", "0"), (Hwmon + "in0_input", "0"), (Hwmon + "in1_input", "5000"));

        PowerSources.Find(sys.Root).FirstOrDefault()!.Read().Watts.ShouldBe(0);
    }

    [Fact]
    public void Ina2xx_Unplugged_IsAbsentWithReason()
    {
        using var sys = new FakeTree((Hwmon + "name", "ina219"), (Hwmon + "power1_input", "1000000"));
        var source = PowerSources.Find(sys.Root).FirstOrDefault()!;
        source.Read().Watts.ShouldBe(1);

        sys.Delete(Hwmon + "power1_input");

        source.Read().Watts.ShouldBeNull();
        source.Read().Reason.ShouldNotBeNull().ShouldContain("power1_input does not exist");
    }

    [Fact]
    public void Ina3221_JetPack4_TakesTheWholeBoardRailAndSumsNothing()
    {
        const string device = "bus/i2c/drivers/ina3221x/6-0040/iio:device0/";
        using var sys = new FakeTree(
            (device + "rail_name_0", "POM_5V_GPU"), (device + "in_power0_input", "500"),
            (device + "rail_name_1", "POM_5V_IN"), (device + "in_power1_input", "2125"),
            (device + "rail_name_2", "POM_5V_CPU"), (device + "in_power2_input", "700"));

        var source = PowerSources.Find(sys.Root).FirstOrDefault().ShouldNotBeNull();

        source.Read().Watts!.Value.ShouldBe(2.125, 1e-9);
        source.Provenance.ToString().ShouldBe("measured:board-rail");
        source.Detail.ShouldContain("POM_5V_IN");
    }

    [Fact]
    public void Ina3221_NewerKernel_MultipliesVoltageAndCurrentOfTheBoardRail()
    {
        using var sys = new FakeTree(
            (Hwmon + "name", "ina3221"),
            (Hwmon + "in1_label", "VDD_CPU_GPU_CV"), (Hwmon + "in1_input", "5000"), (Hwmon + "curr1_input", "9000"),
            (Hwmon + "in2_label", "VDD_IN"), (Hwmon + "in2_input", "5080"), (Hwmon + "curr2_input", "416"));

        PowerSources.Find(sys.Root).FirstOrDefault()!.Read().Watts!.Value.ShouldBe(2.11328, 1e-9);
    }

    [Fact]
    public void Ina3221_OnlyUnconnectedRails_IsNoSource()
    {
        using var sys = new FakeTree((Hwmon + "name", "ina3221"), (Hwmon + "in1_label", "NC"), (Hwmon + "in1_input", "5000"), (Hwmon + "curr1_input", "100"));

        PowerSources.Find(sys.Root).FirstOrDefault().ShouldBeNull();
    }

    [Fact]
    public void Rapl_CounterWraps_EnergyGoesOn()
    {
        const string package = "class/powercap/intel-rapl:0/";
        using var sys = new FakeTree(
            (package + "name", "package-0"), (package + "energy_uj", "900000"), (package + "max_energy_range_uj", "1000000"),
            ("class/powercap/intel-rapl:0:0/name", "core"), ("class/powercap/intel-rapl:0:0/energy_uj", "5"));
        var source = PowerSources.Find(sys.Root).FirstOrDefault().ShouldNotBeNull();
        source.Read().CumulativeJoules.ShouldBe(0);

        sys.Write(package + "energy_uj", "950000");
        var before = source.Read().CumulativeJoules;
        sys.Write(package + "energy_uj", "20000");
        var after = source.Read().CumulativeJoules;

        before!.Value.ShouldBe(0.05, 1e-9);
        after!.Value.ShouldBe(0.12, 1e-9);
        source.Provenance.ToString().ShouldBe("measured:rapl-package");
        source.Detail.ShouldContain("not the whole board");
    }

    [Fact]
    public void Rapl_SeveralPackages_AreAddedUp()
    {
        using var sys = new FakeTree(
            ("class/powercap/intel-rapl:0/name", "package-0"), ("class/powercap/intel-rapl:0/energy_uj", "0"), ("class/powercap/intel-rapl:0/max_energy_range_uj", "1000000"),
            ("class/powercap/intel-rapl:1/name", "package-1"), ("class/powercap/intel-rapl:1/energy_uj", "0"), ("class/powercap/intel-rapl:1/max_energy_range_uj", "1000000"),
            ("class/powercap/intel-rapl:2/name", "psys"), ("class/powercap/intel-rapl:2/energy_uj", "0"));
        var source = PowerSources.Find(sys.Root).FirstOrDefault()!;
        source.Read();

        sys.Write("class/powercap/intel-rapl:0/energy_uj", "300000");
        sys.Write("class/powercap/intel-rapl:1/energy_uj", "200000");
        sys.Write("class/powercap/intel-rapl:2/energy_uj", "900000");

        source.Read().CumulativeJoules!.Value.ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void Battery_Discharging_IsTheWholeDevice()
    {
        const string battery = "class/power_supply/BAT0/";
        using var sys = new FakeTree(
            (battery + "type", "Battery"), (battery + "status", "Discharging"), (battery + "voltage_now", "11400000"), (battery + "current_now", "-500000"));
        var source = PowerSources.Find(sys.Root).FirstOrDefault().ShouldNotBeNull();

        source.Read().Watts!.Value.ShouldBe(5.7, 1e-9);

        sys.Write(battery + "status", "Charging");
        source.Read().Watts.ShouldBeNull();
        source.Read().Reason.ShouldNotBeNull().ShouldContain("not discharging");
    }

    [Fact]
    public void Discover_BoardRailAndPackage_PrefersTheBoard()
    {
        using var sys = new FakeTree(
            ("class/powercap/intel-rapl:0/name", "package-0"), ("class/powercap/intel-rapl:0/energy_uj", "0"),
            (Hwmon + "name", "ina219"), (Hwmon + "power1_input", "1"),
            ("class/hwmon/hwmon5/name", "ina3221"), ("class/hwmon/hwmon5/in1_label", "VDD_IN"));

        PowerSources.Find(sys.Root).FirstOrDefault().ShouldBeOfType<Ina3221PowerSource>();
    }

    [Fact]
    public void Discover_BareHost_IsNothing()
    {
        using var sys = new FakeTree();

        PowerSources.Find(sys.Root).FirstOrDefault().ShouldBeNull();
    }
}
