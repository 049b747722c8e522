using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Sampling;

/// <summary>The sensors that are read once a window, with what each said last.</summary>
public sealed class SensorBoard(IReadOnlyList<ISensor> sensors, PowerMeter power) : IDisposable
{
    private volatile SensorReading[] _last = [.. sensors.Select(_ => SensorReading.Absent("not read yet"))];

    /// <summary>State of every sensor, power last, with the reason where one gives nothing.</summary>
    public IReadOnlyList<SensorInfo> Infos
    {
        get
        {
            var last = _last;
            return [.. sensors.Select((s, i) => new SensorInfo(s.Name, last[i].Value is not null, last[i].Reason ?? last[i].Note ?? s.Source)), .. power.Infos];
        }
    }

    /// <summary>Reads every sensor.</summary>
    /// <returns>The figure of a sensor by name, <c>null</c> where it gives none.</returns>
    public Func<string, double?> ReadAll()
    {
        var readings = new SensorReading[sensors.Count];
        for (var i = 0; i < readings.Length; i++)
            readings[i] = sensors[i].Read();
        _last = readings;
        return name =>
        {
            for (var i = 0; i < readings.Length; i++)
            {
                if (sensors[i].Name == name)
                    return readings[i].Value;
            }
            return null;
        };
    }

    public void Dispose()
    {
        foreach (var sensor in sensors)
            (sensor as IDisposable)?.Dispose();
    }
}
