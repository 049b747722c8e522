using EnergyManager.Agent.Sensors.I2c;

namespace EnergyManager.Tests.Agent.Sensors.I2c;

/// <summary>A power monitor at the level of its registers: it has a supply, a current through its shunt, and loses everything in a brown-out.</summary>
internal abstract class FakeIna : II2cDevice
{
    public double BusVolts { get; set; } = 5;

    public double Amps { get; set; }

    public double ShuntOhms { get; init; } = 0.1;

    /// <summary>While set, the chip does not acknowledge its address.</summary>
    public bool Silent { get; set; }

    /// <summary>Whether conversions ever end.</summary>
    public bool Converts { get; set; } = true;

    /// <summary>Whether the configuration register takes what is written.</summary>
    public bool KeepsConfiguration { get; set; } = true;

    public ushort Configuration { get; set; }

    public ushort Calibration { get; set; }

    public List<(byte Register, ushort Value)> Writes { get; } = [];

    public int Reads { get; private set; }

    public bool Disposed { get; private set; }

    /// <summary>Conversions asked for before one is done.</summary>
    protected int Pending { get; set; }

    protected abstract ushort ConfigurationAtReset { get; }

    /// <summary>The supply dips: every register is as after power-up.</summary>
    public void BrownOut()
    {
        (Configuration, Calibration) = (ConfigurationAtReset, 0);
        Begin();
    }

    public ushort ReadRegister(byte register)
    {
        Answer();
        Reads++;
        return Read(register);
    }

    public void WriteRegister(byte register, ushort value)
    {
        Answer();
        Writes.Add((register, value));
        if (register == 5)
            Calibration = value;
        if (register != 0 || !KeepsConfiguration)
            return;
        if ((value & 0x8000) != 0)
        {
            BrownOut();
            return;
        }
        Configuration = value;
        Begin();
    }

    public void Dispose() => Disposed = true;

    protected abstract ushort Read(byte register);

    protected abstract void TakeBackFlag();

    protected static ushort Signed(double value, int limit) => (ushort)(short)Math.Clamp(Math.Round(value), -limit, limit);

    private void Begin()
    {
        Pending = 3;
        TakeBackFlag();
    }

    private void Answer()
    {
        if (Silent)
            throw new IOException("no chip answers at 0x40 on the fake bus");
    }
}

/// <summary>INA219 as its data sheet describes it.</summary>
internal sealed class FakeIna219 : FakeIna
{
    private bool _converted = true;

    public FakeIna219() => Configuration = ConfigurationAtReset;

    /// <summary>The chip's own arithmetic overflowed: a calibration that does not fit.</summary>
    public bool MathOverflow { get; set; }

    /// <summary>What registers give that the chip does not have.</summary>
    public ushort Undefined { get; set; } = 0xFFFF;

    protected override ushort ConfigurationAtReset => 0x399F;

    protected override ushort Read(byte register) => register switch
    {
        0 => Configuration,
        1 => Shunt,
        2 => (ushort)(((int)Math.Round(BusVolts / 4e-3) << 3) | (IsConverted ? 2 : 0) | (MathOverflow ? 1 : 0)),
        3 => Power,
        4 => Calibration == 0 ? (ushort)0 : (ushort)((short)Shunt * Calibration / 4096),
        5 => Calibration,
        _ => Undefined,
    };

    protected override void TakeBackFlag() => _converted = false;

    private ushort Shunt => Signed(Amps * ShuntOhms / 10e-6, 4000 << ((Configuration >> 11) & 3));

    private ushort Power
    {
        get
        {
            TakeBackFlag();
            return (ushort)(Calibration == 0 ? 0 : Math.Abs((short)Shunt * Calibration / 4096) * (int)(BusVolts / 4e-3) / 5000);
        }
    }

    private bool IsConverted => _converted = _converted || (Converts && Pending-- <= 0);
}

/// <summary>INA226 as its data sheet describes it.</summary>
internal sealed class FakeIna226 : FakeIna
{
    private bool _converted = true;

    public FakeIna226()
    {
        Configuration = ConfigurationAtReset;
        ShuntOhms = 0.01;
    }

    public ushort Die { get; set; } = 0x2260;

    public ushort Maker { get; set; } = 0x5449;

    protected override ushort ConfigurationAtReset => 0x4127;

    protected override ushort Read(byte register) => register switch
    {
        0 => Configuration,
        1 => Signed(Amps * ShuntOhms / 2.5e-6, 32767),
        2 => (ushort)Math.Round(BusVolts / 1.25e-3),
        6 => Mask,
        0xFE => Maker,
        0xFF => Die,
        _ => 0,
    };

    protected override void TakeBackFlag() => _converted = false;

    private ushort Mask
    {
        get
        {
            var converted = _converted || (Converts && Pending-- <= 0);
            _converted = false;
            return (ushort)(converted ? 1 << 3 : 0);
        }
    }
}
