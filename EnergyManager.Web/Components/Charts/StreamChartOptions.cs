namespace EnergyManager.Web.Components.Charts;

/// <summary>One line of a streaming chart.</summary>
/// <param name="Label">Name in the legend.</param>
/// <param name="Colour">Number of the series colour of the theme, from 1.</param>
/// <param name="Value">What it takes from a point.</param>
public sealed record StreamSeries(string Label, int Colour, Func<ChartPoint, double?> Value);

/// <summary>A streaming chart: what it shows and how.</summary>
public sealed record StreamChartOptions
{
    /// <summary>Key for tests and for the element.</summary>
    public required string Key { get; init; }

    /// <summary>Heading.</summary>
    public required string Title { get; init; }

    /// <summary>Unit of every line.</summary>
    public required string Unit { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<StreamSeries> Series { get; init; }

    /// <summary>Fixed range of the value axis, or <c>null</c> to follow the figures.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <summary>Smallest upper end of a value axis that follows the figures and starts at zero, or <c>null</c> to start where they do.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Height of the drawing in pixels: fixed, so that nothing moves when figures come.</summary>
    public int Height { get; init; } = 168;

    /// <summary>Charts of one group share their cursor.</summary>
    public string Group { get; init; } = "live";
}
