using EnergyManager.Agent;
using EnergyManager.Agent.Sensors;
using EnergyManager.Agent.Sensors.I2c;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Sensors.I2c;

public sealed class I2cPowerSourceTests
{
    private readonly FakeTimeProvider _time = new();

    public static TheoryData<string, ushort, ushort, ushort, string?, string?> Identities => new()
    {
        // what, configuration, maker, die, what the settings say, what it is
        { "INA226 after power-up", 0x4127, 0x5449, 0x2260, null, "ina226" },
        { "INA226 of a later revision", 0x4127, 0x5449, 0x2261, null, "ina226" },
        { "INA226 that somebody configured", 0x4527, 0x5449, 0x2260, "ina226", "ina226" },
        { "INA226 where an INA219 is expected", 0x4127, 0x5449, 0x2260, "ina219", null },
        { "another chip of the same maker", 0x4127, 0x5449, 0x2270, null, null },
        { "INA219 after power-up", 0x399F, 0xFFFF, 0xFFFF, null, "ina219" },
        { "INA219 after power-up, other registers repeat", 0x399F, 0x399F, 0x399F, null, "ina219" },
        { "INA219 as this agent left it", new Ina219().Configuration(0.004, 0.3), 0, 0, null, "ina219" },
        { "INA219 that somebody configured", 0x019F, 0xFFFF, 0xFFFF, null, null },
        { "the same on the word of the settings", 0x019F, 0xFFFF, 0xFFFF, "ina219", "ina219" },
        { "no INA226, whatever the settings say", 0x399F, 0xFFFF, 0xFFFF, "ina226", null },
        { "a bus that floats", 0xFFFF, 0xFFFF, 0xFFFF, null, null },
        { "a memory chip", 0, 0, 0, null, null },
    };

    /// <summary>Period of the readings, the largest shunt voltage, and the configuration that follows.</summary>
    public static TheoryData<double, double, int> Configurations219 => new()
    {
        // 32 V; one conversion of the bus; mode 7. Averages of the shunt: the largest whose cycle fits.
        { 1 / 500.0, 0.32, Configuration219(range: 3, averages: 1) },
        { 1 / 250.0, 0.32, Configuration219(range: 3, averages: 2) },
        { 1 / 100.0, 0.32, Configuration219(range: 3, averages: 4) },
        { 1 / 10.0, 0.32, Configuration219(range: 3, averages: 7) },
        { 1.0, 0.32, Configuration219(range: 3, averages: 7) },
        { 1 / 250.0, 0.04, Configuration219(range: 0, averages: 2) },
        { 1 / 250.0, 0.041, Configuration219(range: 1, averages: 2) },
        { 1 / 250.0, 0.16, Configuration219(range: 2, averages: 2) },
        { 1 / 250.0, double.PositiveInfinity, Configuration219(range: 3, averages: 2) },
    };

    /// <summary>Period, averages (AVG bits) and conversion time of the shunt (VSHCT bits).</summary>
    public static TheoryData<double, int, int> Configurations226 => new()
    {
        // 4 x (332 + 140), 4 x (588 + 140), 4 x (2116 + 140) microseconds; 64 x (588 + 140); 1024 x (588 + 140).
        { 1 / 500.0, 1, 2 },
        { 1 / 250.0, 1, 3 },
        { 1 / 100.0, 1, 5 },
        { 1 / 20.0, 3, 3 },
        { 1.0, 7, 3 },
    };

    [Theory]
    [MemberData(nameof(Identities))]
    public void Identify_Registers_TellTheChipAndNothingIsWritten(string what, ushort configuration, ushort maker, ushort die, string? expected, string? chip)
    {
        var device = new FakeRegisters { [0] = configuration, [0xFE] = maker, [0xFF] = die };

        InaChip.Identify(device, expected, out var problem)?.Name.ShouldBe(chip, what);

        if (chip is null)
            problem.ShouldNotBeNullOrEmpty(what);
        device.Writes.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Configurations219))]
    public void Configuration_Ina219_AveragesAsMuchAsFits(double period, double maximumShunt, int configuration)
    {
        var written = new Ina219().Configuration(period, maximumShunt);

        written.ShouldBe((ushort)configuration);
        Ina219.IsFamiliar(written).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Configurations226))]
    public void Configuration_Ina226_CoversAsMuchAsFits(double period, int averages, int time) =>
        new Ina226().Configuration(period, double.PositiveInfinity).ShouldBe((ushort)(0x4000 | (averages << 9) | (time << 3) | 7));

    [Theory]
    [InlineData(5.1, 0.82, 4.182)]
    [InlineData(5.0, 0, 0)]
    [InlineData(12.0, 2.5, 30)]
    [InlineData(26.0, 3.1, 80.6)]
    public void Ina219_Registers_GivePower(double volts, double amps, double watts)
    {
        var chip = new FakeIna219 { BusVolts = volts, Amps = amps };

        using var source = Source(chip);

        // Half a step of 10 microvolt on 0.1 ohm, and of 4 mV.
        source.Read().Watts!.Value.ShouldBe(watts, (0.00005 * volts) + (0.002 * amps) + 1e-9);
        source.Provenance.ToString().ShouldBe("measured:ina219");
        chip.Calibration.ShouldBe((ushort)0, "the chip's own arithmetic is not used, and says 0");
        chip.ReadRegister(3).ShouldBe((ushort)0);
    }

    [Theory]
    [InlineData(5.1, 0.82, 4.182)]
    [InlineData(19.0, 4.2, 79.8)]
    public void Ina226_Registers_GivePower(double volts, double amps, double watts)
    {
        using var source = Source(new FakeIna226 { BusVolts = volts, Amps = amps });

        source.Read().Watts!.Value.ShouldBe(watts, (0.000125 * volts) + (0.000625 * amps) + 1e-9);
        source.Provenance.ToString().ShouldBe("measured:ina226");
    }

    /// <summary>The register 0x27DA is 5100 mV with the flags CNVR and neither, one or both of them.</summary>
    [Theory]
    [InlineData(0x27D8)]
    [InlineData(0x27D9)]
    [InlineData(0x27DA)]
    [InlineData(0x27DB)]
    public void BusVolts_Ina219_LeavesTheFlagsOut(int register) => new Ina219().BusVolts((ushort)register).ShouldBe(5.1, 1e-9);

    [Fact]
    public void Ina219_MathOverflow_IsOfTheChipsOwnArithmeticOnly()
    {
        using var source = Source(new FakeIna219 { Amps = 1, MathOverflow = true });

        source.Read().Watts!.Value.ShouldBe(5, 0.001);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_CurrentFlowsBack_IsAbsentNotZero(bool ina226)
    {
        FakeIna chip = ina226 ? new FakeIna226 { Amps = -0.5 } : new FakeIna219 { Amps = -0.5 };

        using var source = Source(chip);

        source.Read().Reason.ShouldNotBeNull().ShouldContain("negative (-2.5 W)");
    }

    [Theory]
    [InlineData(null, 3.3, "320 mV")]
    [InlineData(0.4, 0.41, "40 mV")]
    [InlineData(0.4, -0.41, "-40 mV")]
    public void Ina219_ShuntAtTheEndOfItsRange_IsAbsent(double? maximumAmps, double amps, string told)
    {
        using var source = Source(new FakeIna219 { Amps = amps }, maximumAmps);

        var reason = source.Read().Reason.ShouldNotBeNull();

        reason.ShouldContain("end of its range");
        reason.ShouldContain(told);
    }

    [Fact]
    public void Read_ManyTimes_WritesTheConfigurationOnce()
    {
        var chip = new FakeIna219 { Amps = 1 };
        using var source = Source(chip);

        for (var i = 0; i < 1000; i++, _time.Advance(TimeSpan.FromMilliseconds(4)))
            source.Read().Reason.ShouldBeNull();

        chip.Writes.ShouldHaveSingleItem().ShouldBe(((byte)0, new Ina219().Configuration(0.004, double.PositiveInfinity)));
        // Two registers a reading, the configuration once a second, and the few of the beginning.
        chip.Reads.ShouldBeInRange(2000, 2030);
        source.Remark.ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_BrownOut_StaysTrueAndTheConfigurationIsWrittenAgain(bool ina226)
    {
        FakeIna chip = ina226 ? new FakeIna226 { Amps = 1 } : new FakeIna219 { Amps = 1 };
        using var source = Source(chip);
        source.Read();
        var configuration = chip.Configuration;

        chip.BrownOut();
        source.Read().Watts!.Value.ShouldBe(5, 0.01);
        chip.Configuration.ShouldNotBe(configuration);
        _time.Advance(TimeSpan.FromSeconds(1));
        source.Read().Watts!.Value.ShouldBe(5, 0.01);

        chip.Configuration.ShouldBe(configuration);
        chip.Writes.Count.ShouldBe(2);
        source.Remark.ShouldBe("lost its configuration 1 times: check its supply");
    }

    [Fact]
    public void Read_AgentStartsAgain_LeavesTheConfigurationAlone()
    {
        var chip = new FakeIna219 { Amps = 1, Configuration = new Ina219().Configuration(0.004, double.PositiveInfinity) };
        using var source = Source(chip);

        source.Read().Watts!.Value.ShouldBe(5, 0.001);

        chip.Writes.ShouldBeEmpty();
    }

    [Fact]
    public void Read_NoAcknowledge_IsAbsentAndComesBack()
    {
        var chip = new FakeIna219 { Amps = 1 };
        var opened = 0;
        using var source = Source(chip, opened: () => opened++);
        source.Read();

        chip.Silent = true;
        source.Read().Reason.ShouldNotBeNull().ShouldContain("no chip answers");
        chip.Disposed.ShouldBeTrue();
        chip.Silent = false;

        source.Read().Watts!.Value.ShouldBe(5, 0.001);
        opened.ShouldBe(2);
    }

    [Fact]
    public void Read_ChipKeepsNoConfiguration_IsAbsent()
    {
        using var source = Source(new FakeIna219 { KeepsConfiguration = false });

        source.Read().Reason.ShouldNotBeNull().ShouldContain("0x399F read");
    }

    [Fact]
    public void Read_ChipDoesNotConvert_IsAbsentAfterABoundedWait()
    {
        var chip = new FakeIna219 { Converts = false };
        using var source = Source(chip);

        source.Read().Reason.ShouldBe("the chip does not convert");

        chip.Reads.ShouldBeLessThan(600);
    }

    [Fact]
    public void Slot_ChipAnswersLater_IsKnownFromThenOn()
    {
        var chip = new FakeIna226 { Amps = 1, Silent = true };
        var sensor = new I2cSensorOptions { Address = "0x45", ShuntOhms = chip.ShuntOhms };
        var slot = new I2cPowerSlot(() => chip, sensor, 250, _time);
        using var selector = new PowerSourceSelector(() => [slot.Find()], new PowerOptions(), _time);
        selector.Infos[0].ShouldBe(new("power:i2c", false, "no chip answers at 0x40 on the fake bus (address 0x45 of I2C bus 1)"));

        chip.Silent = false;
        chip.Maker = 0;
        selector.Scan();
        selector.Read();
        selector.Infos[0].Detail.ShouldNotBeNull().ShouldContain("maker 0x0000");
        chip.Maker = 0x5449;
        selector.Scan();
        var source = selector.Current;
        selector.Scan();

        selector.Current.ShouldNotBeNull().ShouldBe(source);
        selector.Infos.ShouldHaveSingleItem().ShouldBe(new("power:ina226", true, "INA226 at 0x45 of I2C bus 1, shunt 0.01 ohm"));
        selector.Read().Reading.Watts!.Value.ShouldBe(5, 0.01);
    }

    /// <summary>The system calls themselves, as far as a host without a bus lets them go.</summary>
    [Theory]
    [InlineData("/dev/i2c-250", "does not exist")]
    [InlineData("/dev/null", "is no I2C bus")]
    [InlineData("/dev", "may not be used by this user")]
    public void Open_NotABus_SaysWhat(string path, string reason)
    {
        if (!OperatingSystem.IsLinux())
            return;

        Should.Throw<IOException>(() => LinuxI2cDevice.Open(path, 0x40)).Message.ShouldContain(reason);
    }

    private I2cPowerSource Source(FakeIna chip, double? maximumAmps = null, Action? opened = null)
    {
        InaChip kind = chip is FakeIna226 ? new Ina226() : new Ina219();
        return new I2cPowerSource(
            () =>
            {
                opened?.Invoke();
                return chip;
            },
            kind,
            new I2cSensorOptions { ShuntOhms = chip.ShuntOhms, MaximumAmps = maximumAmps },
            250,
            _time);
    }

    private static int Configuration219(int range, int averages) => (1 << 13) | (range << 11) | (8 << 7) | ((8 | averages) << 3) | 7;

    /// <summary>Registers without a chip behind them.</summary>
    private sealed class FakeRegisters : II2cDevice
    {
        private readonly Dictionary<byte, ushort> _values = [];

        public int Writes { get; private set; }

        public ushort this[byte register]
        {
            set => _values[register] = value;
        }

        public ushort ReadRegister(byte register) => _values[register];

        public void WriteRegister(byte register, ushort value) => Writes++;

        public void Dispose()
        {
        }
    }
}
