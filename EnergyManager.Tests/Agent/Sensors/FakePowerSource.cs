using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Agent.Sensors;

/// <summary>A source that says what it is told to.</summary>
internal sealed class FakePowerSource(string sensor, double? watts = null) : IPowerSource, IDisposable
{
    public PowerReading Next { get; set; } = watts is { } given ? PowerReading.OfWatts(given) : PowerReading.Absent("unplugged");

    public int Reads { get; private set; }

    public bool Disposed { get; private set; }

    public string Name => $"power:{sensor}";

    public string Detail { get; init; } = "a fake";

    public Provenance Provenance { get; } = Provenance.Measured(sensor);

    public double NativeRateHz { get; init; } = 100;

    public PowerReading Read()
    {
        Reads++;
        return Next;
    }

    public void Dispose() => Disposed = true;
}
