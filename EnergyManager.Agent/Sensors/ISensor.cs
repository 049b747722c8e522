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
    private SensorReading(double? value, string? reason, string? note = null) => (Value, Reason, Note) = (value, reason, note);

    public double? Value { get; }

    public string? Reason { get; }

    /// <summary>The figure in words, where a number says too little.</summary>
    public string? Note { get; }

    public static SensorReading Of(double value, string? note = null) =>
        double.IsFinite(value) ? new(value, null, note) : Absent("the source gave something that is not a number");

    public static SensorReading Absent(string reason) => new(null, reason);
}
