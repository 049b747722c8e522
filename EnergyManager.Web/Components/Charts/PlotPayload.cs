using System.Globalization;

namespace EnergyManager.Web.Components.Charts;

/// <summary>Options in the form that the chart module takes.</summary>
internal static class PlotPayload
{
    public static object Of(PlotOptions options) => new
    {
        kind = Word(options.Kind),
        height = options.Height,
        locale = CultureInfo.CurrentCulture.Name,
        title = options.Title,
        legend = options.Legend,
        x = Axis(options.X),
        y = Axis(options.Y),
        marks = options.Marks.Select(mark => new { value = mark.Value, text = mark.Text }),
        series = options.Series.Select(series => new
        {
            name = series.Name,
            colour = series.Colour,
            shape = Word(series.Shape),
            size = series.Size,
            points = series.Points.Select(point => new
            {
                x = point.X,
                y = point.Y,
                from = point.From,
                five = point.Five,
                colour = point.Colour,
                label = point.Label,
                details = point.Details.Select(detail => new[] { detail.Name, detail.Value }),
            }),
        }),
    };

    private static object Axis(PlotAxis axis) =>
        new { title = axis.Title, log = axis.Logarithmic, min = axis.Minimum, max = axis.Maximum, categories = axis.Categories, unit = axis.Unit };

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
