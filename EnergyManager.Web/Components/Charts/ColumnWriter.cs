namespace EnergyManager.Web.Components.Charts;

/// <summary>
/// Turns points into columns, batch after batch. Where nothing came for longer than a few steps it writes a row without
/// figures, so that the line breaks: a gap is drawn as a gap.
/// </summary>
/// <param name="series">What each column takes from a point.</param>
/// <param name="step">Time between two points of an unbroken line.</param>
public sealed class ColumnWriter(IReadOnlyList<Func<ChartPoint, double?>> series, TimeSpan step)
{
    /// <summary>Steps without a point that make a gap. One late point is not one.</summary>
    public const double GapSteps = 2.5;

    private DateTimeOffset? _last;

    /// <summary>Columns of the next points. Points that are not later than the last one written are left out: time only goes on.</summary>
    public ChartColumns Write(IEnumerable<ChartPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var times = new List<double>();
        var values = series.Select(_ => new List<double?>()).ToArray();
        foreach (var point in points)
        {
            if (_last is { } last)
            {
                if (point.Time <= last)
                    continue;
                if (point.Time - last > step * GapSteps)
                    Append(times, values, last + step, null);
            }

            Append(times, values, point.Time, point);
            _last = point.Time;
        }

        return new ChartColumns(times, values);
    }

    private void Append(List<double> times, List<double?>[] values, DateTimeOffset time, ChartPoint? point)
    {
        times.Add(time.ToUnixTimeMilliseconds() / 1000.0);
        for (var i = 0; i < values.Length; i++)
            values[i].Add(point is { } p && series[i](p) is { } value && double.IsFinite(value) ? value : null);
    }
}
