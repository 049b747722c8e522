namespace EnergyManager.Agent.Sensors.I2c;

/// <summary>INA219: 10 microvolt and 4 mV a step, 12 bits, averages of 1 to 128 conversions of 532 microseconds.</summary>
/// <remarks>
/// Configuration: reset (15), bus range (13), shunt range (12-11), bus converter (10-7), shunt converter (6-3), mode (2-0). Bus register:
/// voltage (15-3), <c>CNVR</c> a conversion ended (1), <c>OVF</c> the chip's own arithmetic overflowed (0). <c>CNVR</c> is taken back when
/// the power register is read. <c>OVF</c> speaks of the current and power registers, which are not used here, and shunt and bus
/// voltage stay true under it; a shunt beyond its range is seen by its count.
/// </remarks>
public sealed class Ina219 : InaChip
{
    private const double ConversionS = 532e-6;
    private const ushort Mode = 0b111;
    private const ushort BusRange32V = 1 << 13;
    private const ushort SingleConversion = 0b1000;
    private const byte PowerRegister = 3;
    private const ushort Converted = 1 << 1;

    public override string Name => "ina219";

    public override ushort ConfigurationAtReset => 0x399F;

    public override double ShuntStep => 10e-6;

    /// <summary>Whether a configuration is that after power-up, or one that <see cref="Configuration"/> can give.</summary>
    public static bool IsFamiliar(ushort configuration) =>
        configuration == 0x399F
        || ((configuration & 0b1110_0111_1000_0111) == (BusRange32V | (SingleConversion << 7) | Mode) && (configuration & (1 << 6)) != 0);

    /// <inheritdoc/>
    /// <remarks>
    /// 32 V range of the bus: its step is the same in both. One conversion of the bus, whose voltage hardly moves; the shunt takes the
    /// rest of the period. The smallest shunt range that holds the current has the least noise.
    /// </remarks>
    public override ushort Configuration(double periodS, double maximumShuntV)
    {
        var averages = 0;
        while (averages < 7 && ConversionS * (1 + (2 << averages)) <= periodS)
            averages++;
        var range = 0;
        // Volts of the settings, amperes x ohms, carry a rounding error.
        while (range < 3 && maximumShuntV > 0.040001 * (1 << range))
            range++;
        return (ushort)(BusRange32V | (range << 11) | (SingleConversion << 7) | ((SingleConversion | averages) << 3) | Mode);
    }

    public override int LargestShunt(ushort configuration) => 4000 << ((configuration >> 11) & 0b11);

    public override double BusVolts(ushort register) => (register >> 3) * 4e-3;

    public override bool HasConverted(II2cDevice device)
    {
        if ((device.ReadRegister(BusRegister) & Converted) == 0)
            return false;
        // The value is of no use; reading it takes the flag back.
        device.ReadRegister(PowerRegister);
        return true;
    }
}
