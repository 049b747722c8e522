namespace EnergyManager.Agent.Sensors.I2c;

/// <summary>What differs between the power monitors of Texas Instruments that are read here: registers, steps and configuration.</summary>
/// <remarks>Both have configuration, shunt voltage and bus voltage in registers 0, 1 and 2. Figures are from the data sheets SBOS448 (INA219) and SBOS547 (INA226).</remarks>
public abstract class InaChip
{
    public const byte ConfigurationRegister = 0;
    public const byte ShuntRegister = 1;
    public const byte BusRegister = 2;

    /// <summary>For example <c>ina219</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the configuration register holds after power-up.</summary>
    public abstract ushort ConfigurationAtReset { get; }

    /// <summary>Volts for one step of the shunt register.</summary>
    public abstract double ShuntStep { get; }

    /// <summary>
    /// The configuration to write: both voltages converted without pause, averaged over as much of the time between two readings as
    /// fits, so that a burst between two readings is in the average rather than lost.
    /// </summary>
    /// <param name="periodS">Time between two readings in seconds.</param>
    /// <param name="maximumShuntV">Largest shunt voltage to expect.</param>
    public abstract ushort Configuration(double periodS, double maximumShuntV);

    /// <summary>Largest count of the shunt register under a configuration: at it, the true value may be anything beyond.</summary>
    public abstract int LargestShunt(ushort configuration);

    /// <summary>Volts of the bus register.</summary>
    public abstract double BusVolts(ushort register);

    /// <summary>Whether a conversion ended since the configuration was written or since this was last asked.</summary>
    public abstract bool HasConverted(II2cDevice device);

    /// <summary>The kind of chip at an address. Only registers are read; nothing is written to a chip that is not known.</summary>
    /// <param name="device">The chip.</param>
    /// <param name="expected">The kind that the settings name, or <c>null</c>.</param>
    /// <param name="problem">What is there instead, when the answer is <c>null</c>.</param>
    public static InaChip? Identify(II2cDevice device, string? expected, out string? problem)
    {
        problem = null;
        var configuration = device.ReadRegister(ConfigurationRegister);
        var maker = device.ReadRegister(Ina226.MakerRegister);
        var die = device.ReadRegister(Ina226.DieRegister);
        if (maker == Ina226.Maker && (die & Ina226.DieMask) == Ina226.Die)
        {
            if (expected is not "ina219")
                return new Ina226();
            problem = "the settings say INA219, and the chip says that it is an INA226";
            return null;
        }
        // The INA219 has no identity. Its configuration after power-up, or one that this agent writes, is taken for one; any other
        // only on the word of the settings.
        if (expected is not "ina226" && (expected is "ina219" || Ina219.IsFamiliar(configuration)))
            return new Ina219();
        problem = $"the chip is no INA219 or INA226 that could be told by its registers (configuration 0x{configuration:X4}, maker 0x{maker:X4}, die 0x{die:X4}): check the address, or name the chip in Power:I2c";
        return null;
    }
}
