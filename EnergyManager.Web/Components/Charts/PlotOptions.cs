namespace EnergyManager.Web.Components.Charts;

/// <summary>How a plot draws its points.</summary>
public enum PlotKind
{
    /// <summary>Dots and lines over two numeric axes.</summary>
    Points,

    /// <summary>Upright bars side by side: a histogram.</summary>
    Bars,

    /// <summary>Lying bars, one a category.</summary>
    Rows,

    /// <summary>Boxes of quartiles with whiskers to the extremes.</summary>
    Box,

    /// <summary>Cells by category (across) and series (down), coloured by value.</summary>
    Heatmap,

    /// <summary>Lying bars that begin where the one before ended.</summary>
    Waterfall,
}

/// <summary>How the points of one series look.</summary>
public enum PlotShape
{
    /// <summary>Filled dots.</summary>
    Dot,

    /// <summary>Rings, to mark dots of other series.</summary>
    Ring,

    /// <summary>A thin line.</summary>
    Line,
}

/// <summary>An axis.</summary>
/// <param name="Title">Title with the unit.</param>
public sealed record PlotAxis(string Title)
{
    /// <summary>Whether equal distances are equal factors. All values must then be positive.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>Lower end, or <c>null</c> to follow the values.</summary>
    public double? Minimum { get; init; }

    /// <summary>Upper end, or <c>null</c> to follow the values.</summary>
    public double? Maximum { get; init; }

    /// <summary>Names of the categories, for kinds that have them.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Unit after each tick label, for example <c>%</c>.</summary>
    public string Unit { get; init; } = "";
}

/// <summary>One line of a tooltip.</summary>
public sealed record PlotDetail(string Name, string Value);

/// <summary>A point, bar, box or cell.</summary>
/// <param name="X">Across; the index of the category where the axis has categories.</param>
/// <param name="Y">Up, or the length of a bar, or the value of a cell; <c>null</c> draws nothing.</param>
public sealed record PlotPoint(double X, double? Y)
{
    /// <summary>Where a bar of a waterfall begins.</summary>
    public double? From { get; init; }

    /// <summary>Minimum, lower quartile, median, upper quartile and maximum of a box.</summary>
    public IReadOnlyList<double>? Five { get; init; }

    /// <summary>Colour of its own, as the name of a CSS variable.</summary>
    public string? Colour { get; init; }

    /// <summary>Heading of the tooltip.</summary>
    public string Label { get; init; } = "";

    /// <summary>Lines of the tooltip.</summary>
    public IReadOnlyList<PlotDetail> Details { get; init; } = [];
}

/// <summary>Points that belong together.</summary>
/// <param name="Name">Name in the legend.</param>
/// <param name="Colour">Name of a CSS variable: the theme decides what it looks like.</param>
/// <param name="Points">The points.</param>
public sealed record PlotSeries(string Name, string Colour, IReadOnlyList<PlotPoint> Points)
{
    /// <summary>How its points look.</summary>
    public PlotShape Shape { get; init; }

    /// <summary>Size of its dots in pixels.</summary>
    public int Size { get; init; } = 5;
}

/// <summary>A line across the plot with a word.</summary>
/// <param name="Value">Where it stands on the value axis (the horizontal one of <see cref="PlotKind.Rows"/>).</param>
/// <param name="Text">What it marks.</param>
public sealed record PlotMark(double Value, string Text);

/// <summary>What a plot shows. A new value redraws it; an equal one does not.</summary>
public sealed record PlotOptions
{
    /// <summary>Key for tests, for the element and for file names.</summary>
    public required string Key { get; init; }

    /// <summary>Heading.</summary>
    public required string Title { get; init; }

    /// <summary>What the drawing shows, for those who do not see it.</summary>
    public required string Label { get; init; }

    /// <summary>How to read it, under the heading.</summary>
    public string? Explanation { get; init; }

    /// <summary>How it draws.</summary>
    public required PlotKind Kind { get; init; }

    /// <summary>The horizontal axis as drawn.</summary>
    public required PlotAxis X { get; init; }

    /// <summary>The vertical axis as drawn.</summary>
    public required PlotAxis Y { get; init; }

    /// <summary>What is drawn, the lowest layer first.</summary>
    public required IReadOnlyList<PlotSeries> Series { get; init; }

    /// <summary>Lines across.</summary>
    public IReadOnlyList<PlotMark> Marks { get; init; } = [];

    /// <summary>Height of the drawing in pixels: fixed, so that nothing moves when figures come.</summary>
    public int Height { get; init; } = 280;

    /// <summary>Whether a legend names the series.</summary>
    public bool Legend { get; init; }

    /// <summary>The figures behind the drawing.</summary>
    public required ChartTable Table { get; init; }
}
