using System.Diagnostics;
using EnergyManager.Agent.Sensors;

namespace EnergyManager.Tests.Agent.Sensors;

public sealed class SysReaderTests
{
    [Fact]
    public void TryReadNumber_FileChanges_ReadsTheNewValueThroughTheOpenFile()
    {
        using var sys = new FakeTree(("x", "-41500"));
        using var reader = SysReader.OfValue(sys["x"]);

        reader.TryReadNumber(out var first, out _).ShouldBeTrue();
        sys.Write("x", "7");
        reader.TryReadNumber(out var second, out _).ShouldBeTrue();

        (first, second).ShouldBe((-41500, 7));
    }

    [Fact]
    public void TryReadNumber_FileReplacedByAnother_ReadsTheNewOne()
    {
        using var sys = new FakeTree(("x", "1"));
        using var reader = SysReader.OfValue(sys["x"]);
        reader.TryReadNumber(out _, out _);

        sys.Delete("x");
        sys.Write("x", "2");

        reader.TryReadNumber(out var number, out _).ShouldBeTrue();
        number.ShouldBe(2);
    }

    /// <summary>
    /// What /sys does when a device is gone, done by the kernel itself: the file of a process that ended is still open, and its next read
    /// fails.
    /// </summary>
    [Fact]
    public void TryRead_KernelTakesTheDeviceAway_IsAReason()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var process = Process.Start(new ProcessStartInfo("sleep", "1000"))!;
        using var reader = SysReader.OfText($"/proc/{process.Id}/status");
        reader.TryRead(out var text, out _).ShouldBeTrue();
        text.StartsWith("Name:"u8).ShouldBeTrue();

        process.Kill();
        process.WaitForExit();

        reader.TryRead(out _, out var reason).ShouldBeFalse();
        reason.ShouldNotBeNull().ShouldStartWith($"/proc/{process.Id}/status ");
    }

    [Fact]
    public void TryRead_LongText_IsReadToItsEndAndCutAtTheCap()
    {
        using var sys = new FakeTree(("long", new string('a', 20_000) + "z"), ("huge", new string('b', 100_000)));
        using var longer = SysReader.OfText(sys["long"]);
        using var huge = SysReader.OfText(sys["huge"]);

        longer.TryRead(out var whole, out _).ShouldBeTrue();
        (whole.Length, (char)whole[^1]).ShouldBe((20_001, 'z'));
        huge.TryRead(out var cut, out _).ShouldBeTrue();
        cut.Length.ShouldBe(64 * 1024);
    }

    [Fact]
    public void TryReadNumber_AgainAndAgain_AllocatesNothing()
    {
        using var sys = new FakeTree(("x", "123456"));
        using var reader = SysReader.OfValue(sys["x"]);
        for (var i = 0; i < 100; i++)
            reader.TryReadNumber(out _, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            reader.TryReadNumber(out _, out _);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
    }

    [Fact]
    public void TryRead_RealProc_Works()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var stat = new CpuSensor("/proc");
        using var memory = new MemorySensor("/proc");

        memory.Read().Value!.Value.ShouldBeInRange(0.1, 100);
        memory.Read().Value.ShouldNotBeNull();
        MemorySensor.TotalBytes("/proc").ShouldBeGreaterThan(64 * 1024 * 1024);
        stat.Source.ShouldBe("/proc/stat");
    }
}
