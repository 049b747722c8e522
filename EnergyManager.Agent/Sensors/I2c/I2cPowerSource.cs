using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors.I2c;

/// <summary>An INA219 or INA226 on the supply of the board, its registers read over I2C.</summary>
/// <remarks>
/// Current is shunt voltage / resistance and power is that times bus voltage, computed here. The chip's current and power registers are
/// not used: they rest on a calibration that is gone after a brown-out, and then say 0. The configuration is written once; a chip
/// that lost power has that of its reset again, which is noticed within a second and mended.
/// </remarks>
public sealed class I2cPowerSource : IPowerSource, IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    // A conversion takes up to 70 ms; asking takes a transfer of about 0.3 ms on a bus of 100 kHz.
    private const int MostPolls = 500;

    private readonly Func<II2cDevice> _open;
    private readonly InaChip _chip;
    private readonly double _shuntOhms;
    private readonly ushort _configuration;
    private readonly int _largestShunt;
    private readonly TimeProvider _time;
    private II2cDevice? _device;
    private long? _checked;
    private bool _written;
    private int _restarts;

    /// <summary>Touches nothing yet: the chip is opened by the first reading.</summary>
    /// <param name="open">Opens the chip; called again after a failure.</param>
    /// <param name="chip">Kind of chip.</param>
    /// <param name="sensor">Where it is, and its shunt.</param>
    /// <param name="rateHz">Readings a second that will be taken.</param>
    /// <param name="time">Clock.</param>
    public I2cPowerSource(Func<II2cDevice> open, InaChip chip, I2cSensorOptions sensor, double rateHz, TimeProvider time)
    {
        (_open, _chip, _shuntOhms, _time) = (open, chip, sensor.ShuntOhms, time);
        _configuration = chip.Configuration(1 / rateHz, (sensor.MaximumAmps ?? double.PositiveInfinity) * sensor.ShuntOhms);
        _largestShunt = chip.LargestShunt(_configuration);
        Detail = FormattableString.Invariant($"{chip.Name.ToUpperInvariant()} at {sensor.Address} of I2C bus {sensor.Bus}, shunt {sensor.ShuntOhms} ohm");
        Provenance = Provenance.Measured(chip.Name);
    }

    public string Name => $"power:{_chip.Name}";

    public string Detail { get; }

    public string? Remark => _restarts == 0 ? null : $"lost its configuration {_restarts} times: check its supply";

    public Provenance Provenance { get; }

    // Two transfers a reading: more than this is all that a bus of 100 kHz can do beside others.
    public double NativeRateHz => 500;

    public PowerReading Read()
    {
        try
        {
            _device ??= _open();
            if ((_checked is not { } last || _time.GetElapsedTime(last) >= CheckInterval) && EnsureConfiguration(_device) is { } problem)
                return PowerReading.Absent(problem);
            var shunt = (short)_device.ReadRegister(InaChip.ShuntRegister);
            if (Math.Abs((int)shunt) >= _largestShunt)
            {
                return PowerReading.Absent(FormattableString.Invariant(
                    $"the shunt voltage is at the end of its range ({shunt * _chip.ShuntStep * 1e3:0.#} mV): raise MaximumAmps, or take a smaller shunt"));
            }
            var bus = _chip.BusVolts(_device.ReadRegister(InaChip.BusRegister));
            return PowerReading.OfWatts(bus * (shunt * _chip.ShuntStep / _shuntOhms));
        }
        catch (IOException exception)
        {
            // A bus behind USB comes back as another file.
            Dispose();
            return PowerReading.Absent(exception.Message);
        }
    }

    public void Dispose()
    {
        _device?.Dispose();
        _device = null;
        _checked = null;
    }

    /// <summary>Sees to it that the chip has the configuration, and waits for its first conversion under it.</summary>
    /// <returns>Why there can be no reading, or <c>null</c>.</returns>
    private string? EnsureConfiguration(II2cDevice device)
    {
        if (device.ReadRegister(InaChip.ConfigurationRegister) != _configuration)
        {
            device.WriteRegister(InaChip.ConfigurationRegister, _configuration);
            var now = device.ReadRegister(InaChip.ConfigurationRegister);
            if (now != _configuration)
                return $"the chip does not keep its configuration (0x{_configuration:X4} written, 0x{now:X4} read): is it an {_chip.Name.ToUpperInvariant()}?";
            if (_written)
                _restarts++;
            for (var polls = 0; !_chip.HasConverted(device); polls++)
            {
                if (polls == MostPolls)
                    return "the chip does not convert";
            }
        }
        _written = true;
        _checked = _time.GetTimestamp();
        return null;
    }
}
