using EnergyManager.Agent;
using EnergyManager.Agent.Sensors;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Sensors;

public sealed class PowerSourceTests
{
    private const string Hwmon = "class/hwmon/hwmon2/";
    private const string Jetson = "bus/i2c/drivers/ina3221x/6-0040/iio:device0/";
    private const string Package = "class/powercap/intel-rapl:0/";
    private const string Battery = "class/power_supply/BAT0/";

    private static readonly (string, string)[] Ina219 =
        [(Hwmon + "name", "ina219"), (Hwmon + "curr1_input", "820"), (Hwmon + "in0_input", "82"), (Hwmon + "in1_input", "5100"), (Hwmon + "shunt_resistor", "100000")];

    private static readonly (string, string)[] JetPack4 =
    [
        (Jetson + "rail_name_0", "POM_5V_GPU"), (Jetson + "in_power0_input", "500"),
        (Jetson + "rail_name_1", "POM_5V_IN"), (Jetson + "in_power1_input", "2125"),
        (Jetson + "rail_name_2", "POM_5V_CPU"), (Jetson + "in_power2_input", "700"),
    ];

    private static readonly (string, string)[] Orin =
    [
        (Hwmon + "name", "ina3221"),
        (Hwmon + "in1_label", "VDD_CPU_GPU_CV"), (Hwmon + "in1_input", "5000"), (Hwmon + "curr1_input", "9000"),
        (Hwmon + "in2_label", "VDD_IN"), (Hwmon + "in2_input", "5080"), (Hwmon + "curr2_input", "416"),
    ];

    private static readonly (string, string)[] OnePackage =
    [
        (Package + "name", "package-0"), (Package + "energy_uj", "900000"), (Package + "max_energy_range_uj", "1000000"),
        ("class/powercap/intel-rapl:0:0/name", "core"), ("class/powercap/intel-rapl:0:0/energy_uj", "5"),
    ];

    private static readonly (string, string)[] Discharging =
        [(Battery + "type", "Battery"), (Battery + "status", "Discharging"), (Battery + "voltage_now", "11400000"), (Battery + "current_now", "-500000")];

    private static readonly Dictionary<string, (string, string)[]> Trees = new()
    {
        ["ina219"] = Ina219,
        ["jetpack 4"] = JetPack4,
        ["orin"] = Orin,
        ["package"] = OnePackage,
        ["battery"] = Discharging,
    };

    /// <summary>Tree, file, what happens to it (a text, or "deleted", or "forbidden"), and what the reason must say.</summary>
    public static TheoryData<string, string, string, string> Failures
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            (string Tree, string File)[] files =
            [
                ("ina219", Hwmon + "curr1_input"), ("ina219", Hwmon + "in1_input"), ("jetpack 4", Jetson + "in_power1_input"),
                ("orin", Hwmon + "in2_input"), ("orin", Hwmon + "curr2_input"), ("package", Package + "energy_uj"),
                ("battery", Battery + "voltage_now"), ("battery", Battery + "current_now"), ("battery", Battery + "status"),
            ];
            foreach (var (tree, file) in files)
            {
                data.Add(tree, file, "deleted", "does not exist");
                data.Add(tree, file, "forbidden", "may not be read by this user");
                data.Add(tree, file, "", "is empty");
                if (!file.EndsWith("status", StringComparison.Ordinal))
                {
                    data.Add(tree, file, "garbage", "holds 'garbage', not a whole number");
                    data.Add(tree, file, "12.5 mW", "not a whole number");
                    data.Add(tree, file, "99999999999999999999999", "not a whole number");
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Read_FileFailsInTheMiddle_IsAbsentWithReasonAndComesBack(string tree, string file, string happens, string reason)
    {
        using var sys = new FakeTree(Trees[tree]);
        var good = Trees[tree].Single(f => f.Item1 == file).Item2;
        using var source = (IDisposable)Only(sys);
        var power = (IPowerSource)source;
        power.Read().Reason.ShouldBeNull();

        if (happens == "deleted")
            sys.Delete(file);
        else if (happens == "forbidden")
            sys.Forbid(file);
        else
            sys.Write(file, happens);
        var failed = power.Read();
        if (happens == "forbidden")
            Directory.Delete(sys[file]);
        sys.Write(file, good);
        var back = power.Read();

        failed.Watts.ShouldBeNull();
        failed.CumulativeJoules.ShouldBeNull();
        failed.Reason.ShouldNotBeNull().ShouldContain(reason);
        failed.Reason.ShouldContain(file);
        back.Reason.ShouldBeNull();
    }

    [Theory]
    [InlineData("ina219")]
    [InlineData("ina226")]
    public void Ina2xx_CurrentAndBus_AreMultipliedHere(string chip)
    {
        // The power register says something else, and is not asked.
        using var sys = new FakeTree([.. Ina219, (Hwmon + "power1_input", "1")]);
        sys.Write(Hwmon + "name", chip);

        var source = Only(sys);

        source.Read().Watts!.Value.ShouldBe(4.182, 1e-9);
        source.Provenance.ToString().ShouldBe($"measured:{chip}");
        source.Name.ShouldBe($"power:{chip}");
    }

    [Theory]
    [InlineData(null, 500)]
    [InlineData("1", 500)]
    [InlineData("35", 1000.0 / 35)]
    public void Ina2xx_UpdateInterval_IsTheRate(string? interval, double rate)
    {
        using var sys = new FakeTree(Ina219);
        if (interval is not null)
            sys.Write(Hwmon + "update_interval", interval);

        Only(sys).NativeRateHz.ShouldBe(rate, 1e-9);
    }

    /// <summary>Current register, shunt in mV, resistance in micro-ohm: watts at 5.1 V, or the reason.</summary>
    [Theory]
    [InlineData("0", "82", "100000", 4.182, null)]
    [InlineData("0", "0", "100000", 0.0, null)]
    [InlineData("-98", "-10", "100000", null, "negative (-0.5 W)")]
    [InlineData("0", "-10", "100000", null, "negative (-0.51 W)")]
    [InlineData("0", "82", "0", null, "holds 0, not a resistance")]
    public void Ina2xx_LostCalibrationAndSign_AreSeen(string milliamperes, string shunt, string resistance, double? watts, string? reason)
    {
        using var sys = new FakeTree(Ina219);
        sys.Write(Hwmon + "curr1_input", milliamperes);
        sys.Write(Hwmon + "in0_input", shunt);
        sys.Write(Hwmon + "shunt_resistor", resistance);

        var reading = Only(sys).Read();

        if (watts is { } expected)
            reading.Watts!.Value.ShouldBe(expected, 1e-9);
        else
            reading.Reason.ShouldNotBeNull().ShouldContain(reason!);
    }

    [Fact]
    public void Ina3221_JetPack4_TakesTheWholeBoardRailAndSumsNothing()
    {
        using var sys = new FakeTree(JetPack4);

        var source = Only(sys);

        source.Read().Watts!.Value.ShouldBe(2.125, 1e-9);
        source.Provenance.ToString().ShouldBe("measured:board-rail");
        source.Detail.ShouldContain("POM_5V_IN");
    }

    [Fact]
    public void Ina3221_NewerKernel_MultipliesVoltageAndCurrentOfTheBoardRail()
    {
        using var sys = new FakeTree(Orin);

        Only(sys).Read().Watts!.Value.ShouldBe(2.11328, 1e-9);
    }

    [Theory]
    [InlineData("orin", "-416")]
    [InlineData("jetpack 4", "-2125")]
    public void Ina3221_CurrentFlowsBack_IsAbsentNotZero(string tree, string value)
    {
        using var sys = new FakeTree(Trees[tree]);
        sys.Write(tree == "orin" ? Hwmon + "curr2_input" : Jetson + "in_power1_input", value);

        Only(sys).Read().Reason.ShouldNotBeNull().ShouldContain("negative");
    }

    /// <summary>Rails of both layouts that are not the board: not connected, a part of it, or without a name.</summary>
    [Theory]
    [InlineData("NC")]
    [InlineData("nc")]
    [InlineData("VDD_CPU_GPU_CV")]
    [InlineData("POM_5V_CPU")]
    [InlineData("")]
    [InlineData(null)]
    public void Ina3221_NoRailIsTheBoard_IsNoSource(string? label)
    {
        using var sys = new FakeTree((Hwmon + "name", "ina3221"), (Hwmon + "in1_input", "5000"), (Hwmon + "curr1_input", "100"), (Jetson + "in_power0_input", "500"));
        if (label is not null)
        {
            sys.Write(Hwmon + "in1_label", label);
            sys.Write(Jetson + "rail_name_0", label);
        }

        Find(sys).ShouldBeEmpty();
    }

    [Fact]
    public void Ina3221_BoardRailBesideOnesThatAreNotConnected_IsTheBoardRail()
    {
        using var sys = new FakeTree(
            (Hwmon + "name", "ina3221"), (Hwmon + "in1_label", "NC"), (Hwmon + "in1_input", "5000"), (Hwmon + "curr1_input", "9999"),
            (Hwmon + "in3_label", "VDD_IN"), (Hwmon + "in3_input", "5000"), (Hwmon + "curr3_input", "400"));

        Only(sys).Read().Watts!.Value.ShouldBe(2, 1e-9);
    }

    [Fact]
    public void Rapl_CounterWraps_EnergyGoesOn()
    {
        using var sys = new FakeTree(OnePackage);
        var source = Only(sys);
        source.Read().CumulativeJoules.ShouldBe(0);

        sys.Write(Package + "energy_uj", "950000");
        var before = source.Read().CumulativeJoules;
        sys.Write(Package + "energy_uj", "20000");
        var after = source.Read().CumulativeJoules;

        before!.Value.ShouldBe(0.05, 1e-9);
        after!.Value.ShouldBe(0.12, 1e-9);
        source.Provenance.ToString().ShouldBe("measured:rapl-package");
        source.Detail.ShouldContain("not the whole board");
    }

    [Theory]
    [InlineData("400000", "fell by more than")]
    [InlineData("nonsense", "not a whole number")]
    public void Rapl_FallThatIsNoWrap_IsAbsentAndTheNextReadingGoesOn(string range, string reason)
    {
        using var sys = new FakeTree(OnePackage);
        sys.Write(Package + "max_energy_range_uj", range);
        var source = Only(sys);
        source.Read();

        sys.Write(Package + "energy_uj", "20000");
        source.Read().Reason.ShouldNotBeNull().ShouldContain(reason);
        sys.Write(Package + "energy_uj", "30000");

        source.Read().CumulativeJoules!.Value.ShouldBe(0.01, 1e-9);
    }

    [Fact]
    public void Rapl_NotForThisUser_SaysWhatToDo()
    {
        using var sys = new FakeTree(OnePackage);
        sys.Forbid(Package + "energy_uj");

        var reason = Only(sys).Read().Reason.ShouldNotBeNull();

        reason.ShouldContain("may not be read by this user");
        reason.ShouldContain("udev rule");
    }

    /// <summary>Two sockets, named in both ways; the platform domain and another way to the same counter do not count.</summary>
    [Theory]
    [InlineData("package-0", "package-1")]
    [InlineData("package-0-die-0", "package-0-die-1")]
    public void Rapl_SeveralPackages_AreAddedUp(string first, string second)
    {
        using var sys = new FakeTree(
            ("class/powercap/intel-rapl:0/name", first), ("class/powercap/intel-rapl:0/energy_uj", "0"), ("class/powercap/intel-rapl:0/max_energy_range_uj", "1000000"),
            ("class/powercap/intel-rapl:1/name", second), ("class/powercap/intel-rapl:1/energy_uj", "0"), ("class/powercap/intel-rapl:1/max_energy_range_uj", "1000000"),
            ("class/powercap/intel-rapl:2/name", "psys"), ("class/powercap/intel-rapl:2/energy_uj", "0"),
            ("class/powercap/intel-rapl-mmio:0/name", first), ("class/powercap/intel-rapl-mmio:0/energy_uj", "0"));
        var source = Only(sys);
        source.Read();

        sys.Write("class/powercap/intel-rapl:0/energy_uj", "300000");
        sys.Write("class/powercap/intel-rapl:1/energy_uj", "200000");
        sys.Write("class/powercap/intel-rapl:2/energy_uj", "900000");
        sys.Write("class/powercap/intel-rapl-mmio:0/energy_uj", "300000");

        source.Read().CumulativeJoules!.Value.ShouldBe(0.5, 1e-9);
    }

    [Theory]
    [InlineData("Discharging", null, "-500000", 5.7, null)]
    [InlineData("Discharging", null, "500000", 5.7, null)]
    [InlineData("Discharging", "8136000", "-500000", 8.136, null)]
    [InlineData("Discharging", "0", "0", null, "0 W")]
    [InlineData("Charging", null, "900000", null, "not discharging (Charging)")]
    [InlineData("Full", "0", "0", null, "not discharging (Full)")]
    [InlineData("Unknown", null, "0", null, "not discharging (Unknown)")]
    public void Battery_Status_DecidesWhetherItsCurrentIsTheDevices(string status, string? power, string current, double? watts, string? reason)
    {
        using var sys = new FakeTree(Discharging);
        sys.Write(Battery + "status", status);
        sys.Write(Battery + "current_now", current);
        if (power is not null)
            sys.Write(Battery + "power_now", power);

        var reading = Only(sys).Read();

        if (watts is { } expected)
            reading.Watts!.Value.ShouldBe(expected, 1e-9);
        else
            reading.Reason.ShouldNotBeNull().ShouldContain(reason!);
    }

    [Fact]
    public void Find_SeveralSources_AreInTheOrderOfPreference()
    {
        using var sys = new FakeTree([.. OnePackage, .. Discharging, .. Ina219, ("class/hwmon/hwmon5/name", "ina3221"), ("class/hwmon/hwmon5/in1_label", "VDD_IN")]);

        Find(sys).Select(s => s.Name).ShouldBe(["power:board-rail", "power:ina219", "power:battery", "power:rapl-package"]);
        Find(sys, "battery").Select(s => s.Name).ShouldBe(["power:battery", "power:board-rail", "power:ina219", "power:rapl-package"]);
    }

    [Fact]
    public void Selector_BatteryCharges_PackageTakesOverAndGivesBack()
    {
        using var sys = new FakeTree([.. OnePackage, .. Discharging]);
        var time = new FakeTimeProvider();
        var options = new AgentOptions { SysRoot = sys.Root, ProcRoot = sys.Root };
        using var selector = new PowerSourceSelector(new PowerSources(options, new ExternalPowerSource(new(), time), new FakeCommand(), time).Find, options.Power, time);
        selector.Current!.Name.ShouldBe("power:battery");

        sys.Write(Battery + "status", "Charging");
        selector.Read().Reading.Reason.ShouldNotBeNull();
        time.Advance(options.Power.SwitchAfter);
        selector.Read();
        selector.Scan();
        selector.Read().Reading.CumulativeJoules.ShouldNotBeNull();
        selector.Infos.Select(i => (i.Name, i.Available)).ShouldBe([("power:rapl-package", true), ("power:battery", false)]);
        selector.Infos[1].Detail.ShouldNotBeNull().ShouldStartWith("the battery is not discharging");

        sys.Write(Battery + "status", "Discharging");
        selector.Scan();
        selector.Current.Name.ShouldBe("power:battery");
    }

    [Fact]
    public void Selector_DriverLoadedLaterUnderAnotherNumber_IsFoundAgain()
    {
        using var sys = new FakeTree(Ina219);
        var time = new FakeTimeProvider();
        var options = new AgentOptions { SysRoot = sys.Root, ProcRoot = sys.Root };
        using var selector = new PowerSourceSelector(new PowerSources(options, new ExternalPowerSource(new(), time), new FakeCommand(), time).Find, options.Power, time);
        var first = selector.Current;

        foreach (var (path, _) in Ina219)
            sys.Delete(path);
        selector.Scan();
        selector.Infos.ShouldHaveSingleItem().Detail.ShouldBe("no power sensor");
        foreach (var (path, text) in Ina219)
            sys.Write(path.Replace("hwmon2", "hwmon7", StringComparison.Ordinal), text);
        selector.Scan();

        selector.Current.ShouldNotBeNull().ShouldNotBe(first);
        selector.Read().Reading.Watts!.Value.ShouldBe(4.182, 1e-9);
    }

    [Fact]
    public void Find_BareHostOrSwitchedOff_IsNothing()
    {
        using var bare = new FakeTree();
        Find(bare).ShouldBeEmpty();

        using var sys = new FakeTree(Ina219);
        var options = new AgentOptions { SysRoot = sys.Root, ProcRoot = sys.Root, Power = { Enabled = false } };
        new PowerSources(options, new ExternalPowerSource(new(), TimeProvider.System), new FakeCommand(), TimeProvider.System).Find().ShouldBeEmpty();
    }

    private static IPowerSource Only(FakeTree sys) => Find(sys).ShouldHaveSingleItem();

    private static List<IPowerSource> Find(FakeTree sys, string? prefer = null)
    {
        var options = new AgentOptions { SysRoot = sys.Root, ProcRoot = sys.Root, Power = { Prefer = prefer } };
        return [.. new PowerSources(options, new ExternalPowerSource(new(), TimeProvider.System), new FakeCommand(), TimeProvider.System).Find()];
    }
}
