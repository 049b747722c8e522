using EnergyManager.Agent.Sensors;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Sensors;

/// <summary>Swap, graphics processor, clock, network and throttling.</summary>
public sealed class MoreHostSensorTests
{
    private const string Header = "Inter-|   Receive                            |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";
    private const string Policy0 = "devices/system/cpu/cpufreq/policy0/";
    private const string Policy4 = "devices/system/cpu/cpufreq/policy4/";
    private const string Cooling = "class/thermal/cooling_device0/";

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("SwapTotal:       2000 kB\nSwapFree:        1500 kB", 25.0, null)]
    [InlineData("SwapTotal:       0 kB\nSwapFree:        0 kB", null, "the host has no swap")]
    [InlineData("SwapTotal:       2000 kB", null, "has no SwapTotal and SwapFree")]
    [InlineData("SwapTotal:       many kB\nSwapFree: 1 kB", null, "has no SwapTotal and SwapFree")]
    [InlineData("", null, "is empty")]
    public void Swap_Table(string text, double? percent, string? reason)
    {
        using var proc = new FakeTree(("meminfo", text));
        using var sensor = new SwapSensor(proc.Root);

        Check(sensor.Read(), percent, reason);
    }

    [Theory]
    [InlineData("devices/gpu.0/load", "735", 73.5, null)]
    [InlineData("devices/platform/gpu.0/load", "1000", 100.0, null)]
    [InlineData("class/devfreq/17000000.ga10b/device/load", "0", 0.0, null)]
    [InlineData("class/devfreq/57000000.gpu/device/load", "5", 0.5, null)]
    [InlineData("class/drm/card1/device/gpu_busy_percent", "73", 73.0, null)]
    [InlineData("class/devfreq/15340000.vic/device/load", "500", null, "no graphics processor")]
    [InlineData("devices/gpu.0/load", "1001", null, "not a load")]
    [InlineData("class/drm/card0/device/gpu_busy_percent", "101", null, "not a load")]
    [InlineData("devices/gpu.0/load", "-1", null, "not a load")]
    [InlineData("devices/gpu.0/load", "busy", null, "not a whole number")]
    [InlineData("devices/gpu.0/load", "", null, "is empty")]
    public void Gpu_Table(string path, string text, double? percent, string? reason)
    {
        using var sys = new FakeTree((path, text));
        using var sensor = new GpuSensor(sys.Root);

        Check(sensor.Read(), percent, reason);
    }

    [Fact]
    public void Gpu_Vanishes_IsAbsentAndFoundAgainAtItsNewPlace()
    {
        using var sys = new FakeTree(("devices/gpu.0/load", "500"));
        using var sensor = new RetryingSensor(() => new GpuSensor(sys.Root), _time);
        sensor.Read().Value.ShouldBe(50);

        sys.Delete("devices/gpu.0/load");
        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("does not exist");
        sys.Write("class/devfreq/57000000.gpu/device/load", "250");
        sensor.Read().Value.ShouldBeNull("looking again waits for its pause");
        _time.Advance(TimeSpan.FromSeconds(30));

        sensor.Read().Value.ShouldBe(25);
        sensor.Source.ShouldContain("devfreq");
    }

    /// <summary>Two clusters: four cores at 1.8 GHz and two at 600 MHz.</summary>
    [Fact]
    public void CpuFrequency_TwoClusters_WeighsByCores()
    {
        using var sys = new FakeTree(
            (Policy0 + "scaling_cur_freq", "1800000"), (Policy0 + "affected_cpus", "0 1 2 3"),
            (Policy4 + "scaling_cur_freq", "600000"), (Policy4 + "affected_cpus", "4 5"));
        using var sensor = new CpuFrequencySensor(sys.Root);

        sensor.Read().Value!.Value.ShouldBe(1400, 1e-9);

        sys.Write(Policy4 + "scaling_cur_freq", "<unknown>");
        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("<unknown>");
        sys.Write(Policy4 + "scaling_cur_freq", "0");
        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("not the clock of a processor");
        sys.Delete(Policy0 + "scaling_cur_freq");
        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("does not exist");
    }

    [Fact]
    public void CpuFrequency_NoCpufreq_IsAbsent()
    {
        using var sys = new FakeTree();
        using var sensor = new CpuFrequencySensor(sys.Root);

        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("no cpufreq");
    }

    [Fact]
    public void Network_PhysicalInterfaces_AreAddedAndVirtualOnesAreNot()
    {
        using var tree = Network(Dev(lo: 10_000, eth: 1000, wlan: 500, docker: 7000));
        using var received = Sensor(tree, NetworkDirection.Received);
        using var sent = Sensor(tree, NetworkDirection.Sent);
        received.Read().Reason.ShouldNotBeNull().ShouldContain("only one yet");
        sent.Read().Value.ShouldBeNull();

        _time.Advance(TimeSpan.FromSeconds(2));
        tree.Write("net/dev", Dev(lo: 90_000, eth: 4000, wlan: 1500, docker: 99_000));

        received.Read().Value!.Value.ShouldBe(2000, 1e-9);
        // What is sent counts double in this table.
        sent.Read().Value!.Value.ShouldBe(4000, 1e-9);
    }

    [Fact]
    public void Network_InterfaceTakenOutAndPutIn_NeverCountsItsWholeCounter()
    {
        using var tree = Network(Dev(lo: 0, eth: 1000, wlan: 5_000_000, docker: 0));
        using var sensor = Sensor(tree, NetworkDirection.Received);
        sensor.Read();

        Next(tree, Dev(lo: 0, eth: 1100, wlan: null, docker: 0));
        sensor.Read().Value!.Value.ShouldBe(100, 1e-9);
        Next(tree, Dev(lo: 0, eth: 1100, wlan: 6_000_000, docker: 0));
        sensor.Read().Value.ShouldBe(0, "the first count of an interface is no traffic");
        Next(tree, Dev(lo: 0, eth: 1100, wlan: 300, docker: 0));
        sensor.Read().Value.ShouldBe(0, "its counter began again");
        Next(tree, Dev(lo: 0, eth: 1100, wlan: 350, docker: 0));
        sensor.Read().Value!.Value.ShouldBe(50, 1e-9);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("garbage", "is not a table of network interfaces")]
    [InlineData("  eth0: many 1 2 3 4 5 6 7 8 9", "is not a table of network interfaces")]
    [InlineData("  docker0: 1 1 1 1 1 1 1 1 1 1", "no physical network interface")]
    public void Network_NoTableOrNoInterface_IsAbsent(string text, string reason)
    {
        using var tree = Network(text);
        using var sensor = Sensor(tree, NetworkDirection.Received);
        sensor.Read();
        _time.Advance(TimeSpan.FromSeconds(1));

        sensor.Read().Reason.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public void Network_FileFailsOnce_StartsOver()
    {
        using var tree = Network(Dev(lo: 0, eth: 1000, wlan: null, docker: 0));
        using var sensor = Sensor(tree, NetworkDirection.Received);
        sensor.Read();
        tree.Delete("net/dev");
        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("does not exist");

        Next(tree, Dev(lo: 0, eth: 9000, wlan: null, docker: 0));
        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("only one yet");
        Next(tree, Dev(lo: 0, eth: 9010, wlan: null, docker: 0));
        sensor.Read().Value!.Value.ShouldBe(10, 1e-9);
    }

    [Theory]
    [InlineData("throttled=0x0", 0.0, "not throttled")]
    [InlineData("throttled=0x50000", 0.0, "not throttled; since boot: under-voltage, throttled")]
    [InlineData("throttled=0x50005", 1.0, "now: under-voltage, throttled; since boot: under-voltage, throttled")]
    [InlineData("throttled=0x80008", 1.0, "now: soft temperature limit; since boot: soft temperature limit")]
    [InlineData("throttled=0xE0002\n", 1.0, "now: clock capped; since boot: clock capped, throttled, soft temperature limit")]
    [InlineData("VCHI initialization failed", null, "wrote 'VCHI initialization failed'")]
    [InlineData("throttled=0xZZ", null, "wrote")]
    [InlineData("", null, "wrote ''")]
    public void Throttling_FirmwareWord_InWords(string output, double? value, string words)
    {
        var reading = ThrottlingSensor.Parse(output);

        reading.Value.ShouldBe(value);
        (reading.Note ?? reading.Reason).ShouldNotBeNull().ShouldContain(words);
    }

    [Fact]
    public void Throttling_RaspberryPi_AsksTheFirmwareNowAndThen()
    {
        using var tree = new FakeTree(("device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0"));
        var command = new FakeCommand("throttled=0x0\n");
        using var sensor = new ThrottlingSensor(tree.Root, tree.Root, command, _time);

        sensor.Read().Value.ShouldBe(0);
        command.Next = new("throttled=0x1\n", null);
        _time.Advance(TimeSpan.FromSeconds(9));
        sensor.Read().Value.ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(1));
        sensor.Read().Value.ShouldBe(1);

        command.Runs.ShouldBe(["vcgencmd get_throttled", "vcgencmd get_throttled"]);
    }

    [Fact]
    public void Throttling_RaspberryPiWithoutTheProgram_SaysSo()
    {
        using var tree = new FakeTree(("device-tree/model", "Raspberry Pi 4 Model B"));
        using var sensor = new ThrottlingSensor(tree.Root, tree.Root, new FakeCommand(), _time);

        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("cannot be started");
    }

    [Fact]
    public void Throttling_FirmwareHangs_DelaysNobody()
    {
        using var tree = new FakeTree(("device-tree/model", "Raspberry Pi 4 Model B"));
        var command = new FakeCommand { Hanging = new TaskCompletionSource<CommandResult>() };
        using var sensor = new ThrottlingSensor(tree.Root, tree.Root, command, _time);

        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("has not answered yet");
        _time.Advance(TimeSpan.FromSeconds(3));
        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("does not answer");
        command.Hanging.SetResult(new("throttled=0x0", null));

        sensor.Read().Value.ShouldBe(0);
        command.Runs.Count.ShouldBe(1);
    }

    /// <summary>Type and step of a cooling device, clock limit of 1479 MHz: value, and words.</summary>
    [Theory]
    [InlineData("thermal-cpufreq-0", "0", "1479000", 0.0, "not throttled")]
    [InlineData("thermal-cpufreq-0", "3", "918000", 1.0, "throttled by heat: thermal-cpufreq-0 is at step 3")]
    [InlineData("Processor", "1", null, 1.0, "throttled by heat")]
    [InlineData("thermal-cpufreq-0", "0", "918000", 0.0, "clock limited to 918 of 1479 MHz by a setting")]
    [InlineData("pwm-fan", "3", "1479000", 0.0, "not throttled")]
    [InlineData("pwm-fan", "3", null, null, "neither cooling of the processor nor clock limits")]
    [InlineData(null, null, "918000", null, "by heat or by a setting")]
    [InlineData(null, null, "1479000", 0.0, "not throttled")]
    [InlineData("thermal-cpufreq-0", "hot", "1479000", null, "holds 'hot'")]
    [InlineData("thermal-cpufreq-0", "0", "fast", null, "holds 'fast'")]
    public void Throttling_KernelsCoolingAndLimits_Table(string? cooling, string? step, string? limit, double? value, string words)
    {
        using var tree = new FakeTree();
        if (cooling is not null)
        {
            tree.Write(Cooling + "type", cooling);
            tree.Write(Cooling + "cur_state", step!);
        }
        if (limit is not null)
        {
            tree.Write(Policy0 + "scaling_max_freq", limit);
            tree.Write(Policy0 + "cpuinfo_max_freq", "1479000");
        }
        using var sensor = new ThrottlingSensor(tree.Root, tree.Root, new FakeCommand(), _time);

        var reading = sensor.Read();

        reading.Value.ShouldBe(value);
        (reading.Note ?? reading.Reason).ShouldNotBeNull().ShouldContain(words);
    }

    [Fact]
    public void Throttling_CoolingDeviceVanishes_IsAbsent()
    {
        using var tree = new FakeTree((Cooling + "type", "thermal-cpufreq-0"), (Cooling + "cur_state", "0"));
        using var sensor = new ThrottlingSensor(tree.Root, tree.Root, new FakeCommand(), _time);
        sensor.Read().Value.ShouldBe(0);

        tree.Delete(Cooling + "cur_state");

        sensor.Read().Reason.ShouldNotBeNull().ShouldContain("does not exist");
    }

    private static void Check(SensorReading reading, double? value, string? reason)
    {
        if (value is { } expected)
            reading.Value!.Value.ShouldBe(expected, 1e-9);
        else
            reading.Reason.ShouldNotBeNull().ShouldContain(reason!);
    }

    private static string Dev(long lo, long eth, long? wlan, long docker) =>
        Header + Line("lo", lo) + Line("eth0", eth) + (wlan is { } count ? Line("wlan0", count) : "") + Line("docker0", docker);

    private static string Line(string name, long bytes) => $"{name,6}: {bytes} 10 0 0 0 0 0 0 {2 * bytes} 20 0 0 0 0 0 0\n";

    private static FakeTree Network(string text) =>
        new(("net/dev", text), ("class/net/eth0/device/vendor", "x"), ("class/net/wlan0/device/vendor", "x"), ("class/net/docker0/address", "x"));

    private NetworkSensor Sensor(FakeTree tree, NetworkDirection direction) => new(tree.Root, tree.Root, direction, _time);

    private void Next(FakeTree tree, string text)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        tree.Write("net/dev", text);
    }
}
