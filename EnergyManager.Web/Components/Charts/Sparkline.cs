using System.Globalization;
using System.Text;

namespace EnergyManager.Web.Components.Charts;

/// <summary>A line of the last few figures, small enough to stand in a tile.</summary>
public static class Sparkline
{
    /// <summary>The <c>d</c> of an SVG path in a box of the given size. Figures that are not there interrupt the line.</summary>
    /// <param name="values">Figures at even distances, oldest first.</param>
    /// <param name="capacity">Figures that fill the width; fewer stand at the right.</param>
    /// <param name="width">Width of the box.</param>
    /// <param name="height">Height of the box.</param>
    /// <param name="floor">Value of the lower edge, or <c>null</c> for the least figure.</param>
    /// <param name="ceiling">Value of the upper edge, or <c>null</c> for the greatest figure.</param>
    public static string Path(IReadOnlyList<double?> values, int capacity, double width, double height, double? floor, double? ceiling)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        var known = values.OfType<double>().Where(double.IsFinite).ToList();
        if (known.Count == 0)
            return "";
        var low = floor ?? known.Min();
        var high = Math.Max(ceiling ?? known.Max(), low);
        // A level line stands in the middle: it is neither at its least nor at its most.
        double Y(double value) => high - low < 1e-9 ? height / 2 : height - ((Math.Clamp(value, low, high) - low) / (high - low) * height);
        var path = new StringBuilder();
        var pen = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value || !double.IsFinite(value))
            {
                pen = false;
                continue;
            }

            var x = width * (capacity - values.Count + i) / (capacity - 1);
            path.Append(CultureInfo.InvariantCulture, $"{(pen ? 'L' : 'M')}{x:0.#} {Y(value):0.#}");
            pen = true;
        }

        return path.ToString();
    }
}
