namespace EnergyManager.Agent.Inference.Health;

/// <summary>
/// One figure of a running model against its limit. It begins with the first window above the limit and ends with the first
/// that has recovered; a window between the two marks, or without a figure, changes nothing.
/// </summary>
internal sealed class Breach(HealthOptions options)
{
    private TimeSpan _length;
    private double _sum;
    private int _windows;

    /// <summary>Adds a window.</summary>
    /// <returns>Mean of the figure over the breach, once that has lasted long enough; else <c>null</c>.</returns>
    public double? Add(double? figure, double? limit, TimeSpan duration)
    {
        if (limit is not { } most)
        {
            Reset();
            return null;
        }
        if (figure is not { } value)
            return null;
        if (value <= most * options.RecoveredBelow)
            Reset();
        if (value <= most)
            return null;
        _length += duration;
        _sum += value;
        return ++_windows >= options.LeastWindows && _length >= options.Window ? _sum / _windows : null;
    }

    public void Reset() => (_length, _sum, _windows) = (TimeSpan.Zero, 0, 0);
}
