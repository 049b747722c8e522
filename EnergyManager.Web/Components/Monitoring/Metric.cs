using EnergyManager.Web.Components.Charts;

namespace EnergyManager.Web.Components.Monitoring;

/// <summary>A figure that views can be asked for.</summary>
/// <param name="Key">Key in the address and of its name among the texts.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Colour">Number of its series colour.</param>
/// <param name="Value">What it takes from a point.</param>
public sealed record Metric(string Key, string Unit, int Colour, Func<ChartPoint, double?> Value)
{
    /// <summary>Key of the text that says why a device that sends figures has none of this one.</summary>
    public string AbsentKey => Key switch { "Power" => "NoPowerSensor", "Temperature" => "NoSensor", "Latency" or "Throughput" => "Chart_NoModel", _ => "Chart_NoData" };

    /// <summary>Every metric.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new("Cpu", "%", 1, point => point.CpuPercent),
        new("Ram", "%", 2, point => point.RamPercent),
        new("Temperature", "°C", 4, point => point.TemperatureC),
        new("Power", "W", 5, point => point.PowerW),
        new("Latency", "ms", 6, point => point.P50Ms),
        new("Throughput", "/s", 1, point => point.InferencesPerSecond),
    ];
}
