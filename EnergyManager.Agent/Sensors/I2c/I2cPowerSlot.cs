using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors.I2c;

/// <summary>
/// A place on an I2C bus where the settings say that a power monitor is. Which chip it is, is found out at the first scan that it
/// answers; until then there is a source that says why not.
/// </summary>
public sealed class I2cPowerSlot(Func<II2cDevice> open, I2cSensorOptions sensor, double rateHz, TimeProvider time) : IDisposable
{
    private readonly UnknownChip _unknown = new(sensor);
    private I2cPowerSource? _source;

    public I2cPowerSlot(I2cSensorOptions sensor, double rateHz, TimeProvider time)
        : this(() => LinuxI2cDevice.Open($"/dev/i2c-{sensor.Bus}", sensor.ParsedAddress), sensor, rateHz, time)
    {
    }

    /// <summary>The source, the same one from when the chip is known.</summary>
    public IPowerSource Find()
    {
        if (_source is not null)
            return _source;
        try
        {
            using var device = open();
            if (InaChip.Identify(device, sensor.Chip, out var problem) is { } chip)
                return _source = new I2cPowerSource(open, chip, sensor, rateHz, time);
            _unknown.Problem = problem!;
        }
        catch (IOException exception)
        {
            _unknown.Problem = exception.Message;
        }
        return _unknown;
    }

    public void Dispose() => _source?.Dispose();

    private sealed class UnknownChip(I2cSensorOptions sensor) : IPowerSource
    {
        public string Problem { get; set; } = "not looked at yet";

        public string Name => "power:i2c";

        public string Detail => $"address {sensor.Address} of I2C bus {sensor.Bus}";

        public Provenance Provenance => Provenance.Unavailable;

        public double NativeRateHz => 1;

        public PowerReading Read() => PowerReading.Absent(Problem);
    }
}
