namespace EnergyManager.Agent.Sensors.I2c;

/// <summary>INA226: 2.5 microvolt and 1.25 mV a step, 16 bits, a shunt of up to 81.92 mV.</summary>
/// <remarks>
/// Configuration: reset (15), averages (11-9), time of a bus conversion (8-6), of a shunt conversion (5-3), mode (2-0). Register 6 has
/// <c>CVRF</c>, a conversion ended, in bit 3, taken back when it is read.
/// </remarks>
public sealed class Ina226 : InaChip
{
    public const byte MakerRegister = 0xFE;
    public const byte DieRegister = 0xFF;
    public const ushort Maker = 0x5449;
    public const ushort Die = 0x2260;
    // The lowest four bits are the revision.
    public const ushort DieMask = 0xFFF0;

    private const ushort Always = 1 << 14;
    private const ushort Mode = 0b111;
    private const byte MaskRegister = 6;
    private const ushort Converted = 1 << 3;

    private static readonly double[] ConversionS = [140e-6, 204e-6, 332e-6, 588e-6, 1100e-6, 2116e-6, 4156e-6, 8244e-6];
    private static readonly int[] Averages = [1, 4, 16, 64, 128, 256, 512, 1024];

    public override string Name => "ina226";

    public override ushort ConfigurationAtReset => 0x4127;

    public override double ShuntStep => 2.5e-6;

    /// <inheritdoc/>
    /// <remarks>
    /// The shortest conversion of the bus, whose voltage hardly moves. Of all times and averages of the shunt that fit, those that cover
    /// most of the period; of equal ones the longer conversion, which has less noise. The range of the shunt is fixed.
    /// </remarks>
    public override ushort Configuration(double periodS, double maximumShuntV)
    {
        var (bestAverages, bestTime, covered) = (0, 0, 0.0);
        for (var averages = 0; averages < Averages.Length; averages++)
        {
            for (var time = 0; time < ConversionS.Length; time++)
            {
                var shunt = Averages[averages] * ConversionS[time];
                if (shunt > covered && shunt + (Averages[averages] * ConversionS[0]) <= periodS)
                    (bestAverages, bestTime, covered) = (averages, time, shunt);
            }
        }
        return (ushort)(Always | (bestAverages << 9) | (bestTime << 3) | Mode);
    }

    public override int LargestShunt(ushort configuration) => short.MaxValue;

    public override double BusVolts(ushort register) => register * 1.25e-3;

    public override bool HasConverted(II2cDevice device) => (device.ReadRegister(MaskRegister) & Converted) != 0;
}
