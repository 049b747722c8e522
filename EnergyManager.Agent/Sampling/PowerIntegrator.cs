using System.Runtime.InteropServices;
using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sampling;

/// <summary>
/// Adds readings up to energy over windows: by the trapezoid rule between instants, exactly between counter values. Times are
/// seconds on a monotonic clock.
/// </summary>
/// <param name="provenance">Goes with every window.</param>
/// <param name="maximumGapS">Longest time between two readings that is still bridged; beyond it nothing is known and nothing is added.</param>
public sealed class PowerIntegrator(Provenance provenance, double maximumGapS)
{
    /// <summary>Part of a window that readings must cover for the window to have a figure at all.</summary>
    public const double LeastCoverage = 0.95;

    private double? _windowStart;
    private Point? _last;
    private double _joules;
    private double _coveredS;
    private double _least = double.PositiveInfinity;
    private double _greatest = double.NegativeInfinity;
    private int _readings;
    private string? _failure;

    /// <summary>Energy of everything covered since the start, in joules.</summary>
    public double TotalJoules { get; private set; }

    /// <summary>Readings since the start.</summary>
    public long TotalReadings { get; private set; }

    /// <summary>Time covered since the start in seconds.</summary>
    public double TotalCoveredS { get; private set; }

    /// <summary>
    /// Smallest difference between two readings in a row, in watts: the step of the sensor as soon as the load moves by one.
    /// <c>null</c> for a counter and for readings that were all the same.
    /// </summary>
    public double? StepW { get; private set; }

    public void Add(double time, PowerReading reading)
    {
        _windowStart ??= time;
        if (reading.Reason is { } reason)
        {
            _failure = reason;
            _last = null;
            return;
        }
        var point = new Point(time, reading.Watts, reading.CumulativeJoules);
        if (_last is { } last && time - last.Time is > 0 and var length && length <= maximumGapS)
            AddSegment(last, point, length);
        if (point.Watts is { } watts)
            AddExtreme(watts);
        _last = point;
        if (reading.Held)
            return;
        _readings++;
        TotalReadings++;
    }

    /// <summary>Ends the window at the last reading and begins the next one there.</summary>
    /// <param name="time">End of the window.</param>
    /// <param name="reason">Why there is no figure, when there is none.</param>
    public PowerWindow? CloseWindow(double time, out string? reason)
    {
        var duration = time - (_windowStart ?? time);
        var coverage = duration > 0 ? _coveredS / duration : 0;
        PowerWindow? window = null;
        reason = null;
        if (coverage >= LeastCoverage)
        {
            // The few per cent that may be missing count like the rest: left out, they would make every energy too low.
            var mean = _joules / _coveredS;
            window = new PowerWindow(mean, Math.Min(_least, mean), Math.Max(_greatest, mean), mean * duration, Math.Max(_readings, 1), provenance);
        }
        else
        {
            reason = _failure ?? FormattableString.Invariant($"readings cover only {100 * coverage:0} % of the window");
        }
        _windowStart = time;
        (_joules, _coveredS, _readings, _failure) = (0, 0, 0, null);
        (_least, _greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        return window;
    }

    private void AddSegment(Point from, Point to, double length)
    {
        double joules;
        if (from.Watts is { } start && to.Watts is { } end)
        {
            joules = (start + end) / 2 * length;
            if (Math.Abs(end - start) is > 0 and var step)
                StepW = Math.Min(StepW ?? step, step);
        }
        else if (from.Joules is { } before && to.Joules is { } after)
        {
            joules = after - before;
            AddExtreme(joules / length);
        }
        else
        {
            return;
        }
        _joules += joules;
        _coveredS += length;
        TotalJoules += joules;
        TotalCoveredS += length;
    }

    private void AddExtreme(double watts)
    {
        _least = Math.Min(_least, watts);
        _greatest = Math.Max(_greatest, watts);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Point(double Time, double? Watts, double? Joules);
}
