namespace EnergyManager.Agent.Sensors;

/// <summary>
/// Looks for a sensor again when it gives nothing, with a pause between: a driver may be loaded after the agent starts, and a
/// device that comes back may have another path.
/// </summary>
public sealed class RetryingSensor(Func<ISensor> find, TimeProvider time) : ISensor, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private ISensor _sensor = find();
    private long _found = time.GetTimestamp();

    public string Name => _sensor.Name;

    public string Source => _sensor.Source;

    public SensorReading Read()
    {
        var reading = _sensor.Read();
        if (reading.Value is not null || time.GetElapsedTime(_found) < Pause)
            return reading;
        (_sensor as IDisposable)?.Dispose();
        _sensor = find();
        _found = time.GetTimestamp();
        return _sensor.Read();
    }

    public void Dispose() => (_sensor as IDisposable)?.Dispose();
}
