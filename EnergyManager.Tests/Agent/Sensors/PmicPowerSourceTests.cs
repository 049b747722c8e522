using EnergyManager.Agent.Sensors;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Sensors;

public sealed class PmicPowerSourceTests
{
    // As a Raspberry Pi 5 writes it, shortened to three rails and the two inputs.
    private const string Output =
        """
             3V3_SYS_A current(1)=0.10000000A
          DDR_VDD2_A current(4)=0.20000000A
            VDD_CORE_A current(7)=0.92000000A
             3V3_SYS_V volt(9)=3.30000000V
          DDR_VDD2_V volt(12)=1.10000000V
            VDD_CORE_V volt(15)=0.72000000V
              EXT5V_V volt(24)=5.15000000V
               BATT_V volt(25)=0.00317460V
        """;

    private readonly FakeTimeProvider _time = new();

    public static TheoryData<string, string, double?> Outputs => new()
    {
        { "three rails, inputs without a current", Output, (0.1 * 3.3) + (0.2 * 1.1) + (0.92 * 0.72) },
        { "a rail without its voltage does not count", "A_A current(1)=2.0A\nB_A current(2)=1.0A\nB_V volt(3)=3.0V\n", 3 },
        { "carriage returns and text around", "hello\r\nB_A current(2)=1.0A\r\nB_V volt(3)=3.0V\r\nbye=1\r\n", 3 },
        { "exponents", "B_A current(2)=1e-3A\nB_V volt(3)=3.0V", 0.003 },
        { "no current at all", "EXT5V_V volt(24)=5.15V", null },
        { "nothing", "", null },
        { "an error of the firmware", "error=1 error_msg=\"Command not registered\"", null },
        { "a number that is none", "B_A current(2)=xA\nB_V volt(3)=3.0V", null },
        { "not finite", "B_A current(2)=InfinityA\nB_V volt(3)=3.0V", null },
        { "wrong unit", "B_A current(2)=1.0V\nB_V volt(3)=3.0V", null },
        { "negative sum", "B_A current(2)=-1.0A\nB_V volt(3)=3.0V", null },
    };

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Parse_Output_IsTheSumOverRailsWithBoth(string what, string output, double? watts)
    {
        var reading = PmicPowerSource.Parse(output);

        if (watts is { } expected)
            reading.Watts!.Value.ShouldBe(expected, 1e-9, what);
        else
            reading.Reason.ShouldNotBeNullOrEmpty(what);
    }

    [Theory]
    [InlineData("Raspberry Pi 5 Model B Rev 1.0", 1)]
    [InlineData("Raspberry Pi Compute Module 5 Rev 1.0", 1)]
    [InlineData("Raspberry Pi 4 Model B Rev 1.4", 0)]
    [InlineData("NVIDIA Jetson Nano Developer Kit", 0)]
    [InlineData(null, 0)]
    public void Find_Board_HasTheChipOrNot(string? model, int sources)
    {
        using var proc = new FakeTree();
        if (model is not null)
            proc.Write("device-tree/model", model + "\0");
        var command = new FakeCommand(Output);

        PmicPowerSource.Find(proc.Root, command, _time).Count().ShouldBe(sources);

        command.Runs.ShouldBeEmpty();
    }

    [Fact]
    public void Read_BetweenRuns_HoldsAndStartsNoProgram()
    {
        var command = new FakeCommand(Output);
        var source = new PmicPowerSource(command, _time);

        var first = source.Read();
        _time.Advance(TimeSpan.FromMilliseconds(400));
        var held = source.Read();
        command.Next = new("B_A current(2)=1.0A\nB_V volt(3)=3.0V", null);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        var next = source.Read();

        first.Held.ShouldBeFalse();
        held.ShouldBe(first.AsHeld());
        next.ShouldBe(PowerReading.OfWatts(3));
        command.Runs.ShouldBe(["vcgencmd pmic_read_adc", "vcgencmd pmic_read_adc"]);
        source.Provenance.ToString().ShouldBe("measured:pmic");
        source.Detail.ShouldContain("not what hangs on USB");
    }

    [Fact]
    public void Read_ProgramMissing_IsAbsentWithReasonThenWorks()
    {
        var command = new FakeCommand();
        var source = new PmicPowerSource(command, _time);

        source.Read().Reason.ShouldNotBeNull().ShouldContain("cannot be started");
        command.Next = new(Output, null);
        _time.Advance(TimeSpan.FromSeconds(1));

        source.Read().Watts.ShouldNotBeNull();
    }

    [Fact]
    public async Task Read_ProgramHangs_NeverWaitsAndIsAbsentAfterAWhile()
    {
        var command = new FakeCommand(Output);
        var source = new PmicPowerSource(command, _time);
        source.Read();
        command.Hanging = new TaskCompletionSource<CommandResult>();

        _time.Advance(TimeSpan.FromSeconds(1));
        source.Read().Held.ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(4));
        source.Read().Reason.ShouldNotBeNull().ShouldContain("does not answer");
        source.Read();
        command.Runs.Count.ShouldBe(2, "a program that hangs is not started a second time beside it");

        command.Hanging.SetResult(new(Output, null));
        await Task.Yield();
        source.Read().Watts.ShouldNotBeNull();
    }
}
