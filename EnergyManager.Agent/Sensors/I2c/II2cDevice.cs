namespace EnergyManager.Agent.Sensors.I2c;

/// <summary>One chip on an I2C bus with registers of 16 bits, the high byte first.</summary>
public interface II2cDevice : IDisposable
{
    /// <summary>The value of a register.</summary>
    /// <exception cref="IOException">The chip does not answer, or the bus is gone; the message says which.</exception>
    ushort ReadRegister(byte register);

    /// <summary>Writes a register.</summary>
    /// <exception cref="IOException">The chip does not answer, or the bus is gone; the message says which.</exception>
    void WriteRegister(byte register, ushort value);
}
