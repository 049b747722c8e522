namespace EnergyManager.Agent.Sensors;

/// <summary>One source of a figure that is read once a window.</summary>
public interface ISensor
{
    /// <summary>Short name, for example <c>cpu</c>.</summary>
    string Name { get; }

    /// <summary>Where the figure comes from.</summary>
    string Source { get; }

    /// <summary>The figure now, or why there is none. Does not throw for a source that is missing or broken.</summary>
    SensorReading Read();
}

/// <summary>A figure, or the reason why there is none.</summary>
public readonly record struct SensorReading
{
    private SensorReading(double? value, string? reason) => (Value, Reason) = (value, reason);

    public double? Value { get; }

    public string? Reason { get; }

    public static SensorReading Of(double value) =>
        double.IsFinite(value) ? new(value, null) : Absent("the source gave something that is not a number");

    public static SensorReading Absent(string reason) => new(null, reason);
}
