using EnergyManager.Agent.Sensors;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Agent.Sensors;

public sealed class HostSensorTests
{
    [Fact]
    public void Cpu_TwoReadings_GivesBusyPartOfTheDifference()
    {
        using var proc = new FakeTree(("stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 100 0 100 800 0 0 0 0 0 0"));
        var sensor = new CpuSensor(proc.Root);

        // 20 ticks of user, 5 of irq; 65 idle and 10 waiting for I/O, which is idle too.
        proc.Write("stat", "cpu  120 0 100 865 10 5 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1");

        sensor.Read().Value!.Value.ShouldBe(25, 1e-9);
    }

    [Fact]
    public void Cpu_GuestTime_IsNotCountedTwice()
    {
        using var proc = new FakeTree(("stat", "cpu  0 0 0 0 0 0 0 0 0 0"));
        var sensor = new CpuSensor(proc.Root);

        proc.Write("stat", "cpu  50 0 0 50 0 0 0 0 50 0");

        sensor.Read().Value!.Value.ShouldBe(50, 1e-9);
    }

    [Fact]
    public void Cpu_CountersOfAnotherBoot_IsAbsentOnceThenWorks()
    {
        using var proc = new FakeTree(("stat", "cpu  1000 0 0 1000 0 0 0 0 0 0"));
        var sensor = new CpuSensor(proc.Root);

        proc.Write("stat", "cpu  10 0 0 10 0 0 0 0 0 0");
        var reset = sensor.Read();
        proc.Write("stat", "cpu  20 0 0 10 0 0 0 0 0 0");
        var next = sensor.Read();

        reset.Value.ShouldBeNull();
        reset.Reason.ShouldNotBeNull().ShouldContain("did not advance");
        next.Value.ShouldBe(100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("cpu  a b c d")]
    [InlineData("cpu0 1 2 3 4")]
    public void Cpu_NotALineOfTimes_IsAbsentWithReason(string text)
    {
        using var proc = new FakeTree(("stat", text));

        var reading = new CpuSensor(proc.Root).Read();

        reading.Value.ShouldBeNull();
        reading.Reason.ShouldNotBeNull().ShouldContain("stat");
    }

    [Fact]
    public void Memory_UsesWhatIsAvailableNotWhatIsFree()
    {
        using var proc = new FakeTree(("meminfo", "MemTotal:        4000 kB\nMemFree:          200 kB\nMemAvailable:    3000 kB\nBuffers: 1 kB"));

        new MemorySensor(proc.Root).Read().Value!.Value.ShouldBe(25, 1e-9);
        MemorySensor.TotalBytes(proc.Root).ShouldBe(4000 * 1024);
    }

    [Fact]
    public void Memory_WithoutAvailable_IsAbsentWithReason()
    {
        using var proc = new FakeTree(("meminfo", "MemTotal: 4000 kB\nMemFree: 200 kB"));

        var reading = new MemorySensor(proc.Root).Read();

        reading.Value.ShouldBeNull();
        reading.Reason.ShouldNotBeNull().ShouldContain("MemAvailable");
    }

    [Fact]
    public void Temperature_JetsonZones_TakesTheProcessorsNotTheFirst()
    {
        using var sys = new FakeTree(
            ("class/thermal/thermal_zone0/type", "AO-therm"), ("class/thermal/thermal_zone0/temp", "39000"),
            ("class/thermal/thermal_zone1/type", "CPU-therm"), ("class/thermal/thermal_zone1/temp", "41500"),
            ("class/thermal/thermal_zone2/type", "PMIC-Die"), ("class/thermal/thermal_zone2/temp", "100000"));
        var sensor = new TemperatureSensor(sys.Root);

        sensor.Read().Value!.Value.ShouldBe(41.5, 1e-9);
        sensor.Source.ShouldEndWith("thermal_zone1/temp");
    }

    [Theory]
    [InlineData("cpu-thermal")]
    [InlineData("x86_pkg_temp")]
    [InlineData("soc-thermal")]
    public void Temperature_KnownZoneTypes_AreRead(string type)
    {
        using var sys = new FakeTree(("class/thermal/thermal_zone3/type", type), ("class/thermal/thermal_zone3/temp", "-5250"));

        new TemperatureSensor(sys.Root).Read().Value!.Value.ShouldBe(-5.25, 1e-9);
    }

    [Fact]
    public void Temperature_NoZoneOfTheProcessor_FallsBackToItsHwmonDriver()
    {
        using var sys = new FakeTree(
            ("class/thermal/thermal_zone0/type", "acpitz"), ("class/thermal/thermal_zone0/temp", "16800"),
            ("class/hwmon/hwmon0/name", "nvme"), ("class/hwmon/hwmon0/temp1_input", "35000"),
            ("class/hwmon/hwmon1/name", "k10temp"), ("class/hwmon/hwmon1/temp1_input", "52125"));

        new TemperatureSensor(sys.Root).Read().Value!.Value.ShouldBe(52.125, 1e-9);
    }

    [Fact]
    public void Temperature_OnlyThePmic_IsAbsentAndNamesWhatIsThere()
    {
        using var sys = new FakeTree(("class/thermal/thermal_zone0/type", "PMIC-Die"), ("class/thermal/thermal_zone0/temp", "100000"));

        var reading = new TemperatureSensor(sys.Root).Read();

        reading.Value.ShouldBeNull();
        reading.Reason.ShouldNotBeNull().ShouldContain("PMIC-Die");
    }

    [Theory]
    [InlineData("255000")]
    [InlineData("-273150")]
    [InlineData("warm")]
    [InlineData("")]
    public void Temperature_NotAReading_IsAbsentNotZero(string text)
    {
        using var sys = new FakeTree(("class/thermal/thermal_zone0/type", "cpu-thermal"), ("class/thermal/thermal_zone0/temp", text));

        var reading = new TemperatureSensor(sys.Root).Read();

        reading.Value.ShouldBeNull();
        reading.Reason.ShouldNotBeNull().ShouldContain("temp");
    }

    [Fact]
    public void Temperature_Unplugged_IsAbsentWithReason()
    {
        using var sys = new FakeTree(("class/thermal/thermal_zone0/type", "cpu-thermal"), ("class/thermal/thermal_zone0/temp", "40000"));
        var sensor = new TemperatureSensor(sys.Root);
        sensor.Read().Value.ShouldBe(40);

        sys.Delete("class/thermal/thermal_zone0/temp");

        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("does not exist");
    }

    [Fact]
    public void Battery_MouseAndMains_AreSkipped()
    {
        using var sys = new FakeTree(
            ("class/power_supply/AC/type", "Mains"),
            ("class/power_supply/mouse0/type", "Battery"), ("class/power_supply/mouse0/scope", "Device"), ("class/power_supply/mouse0/capacity", "10"),
            ("class/power_supply/BAT1/type", "Battery"), ("class/power_supply/BAT1/capacity", "87"));

        new BatterySensor(sys.Root).Read().Value.ShouldBe(87);
    }

    [Fact]
    public void Battery_None_IsAbsent()
    {
        using var sys = new FakeTree(("class/power_supply/AC/type", "Mains"));

        new BatterySensor(sys.Root).Read().Reason.ShouldBe("no battery");
    }

    [Fact]
    public void Storage_RealFileSystem_IsBetweenZeroAndAHundred()
    {
        using var directory = new TemporaryDirectory();

        new StorageSensor(directory.Path).Read().Value!.Value.ShouldBeInRange(0.0001, 100);
    }

    [Fact]
    public void Storage_NoSuchDirectory_IsAbsentWithReason()
    {
        using var directory = new TemporaryDirectory();

        new StorageSensor(directory["gone"]).Read().Reason.ShouldNotBeNull().ShouldContain("gone");
    }
}
