using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace EnergyManager.Web.Components.Charts;

/// <summary>A time series on a canvas that grows by what is new. The drawing is in <c>wwwroot/js/stream-chart.js</c>.</summary>
public sealed partial class StreamChart
{
    /// <summary>Rows of the data table behind the drawing: the newest ones.</summary>
    public const int TableRows = 120;

    /// <summary>Rows that a download holds at most: the newest ones.</summary>
    public const int KeptRows = 5000;

    /// <summary>Rows that are drawn when a period is shown anew: two for each pixel of a wide screen.</summary>
    public const int DrawnRows = 2400;

    private readonly List<ChartPoint> _recent = [];
    private bool _table;
    private ElementReference _element;
    private ElementReference _legend;
    private ColumnWriter? _writer;
    private TimeSpan _step;
    private TimeSpan _window;
    private bool _missed;
    private (ChartColumns Columns, double From, double To, bool Live)? _waiting;

    [Parameter, EditorRequired]
    public StreamChartOptions Options { get; set; } = null!;

    /// <summary>Whether figures are on their way.</summary>
    [Parameter]
    public bool Loading { get; set; }

    /// <summary>Said in place of the drawing when there is nothing to draw, or <c>null</c>.</summary>
    [Parameter]
    public string? EmptyText { get; set; }

    /// <summary>Replaces everything by the points of a period.</summary>
    /// <param name="points">Points, oldest first.</param>
    /// <param name="step">Time between points of an unbroken line.</param>
    /// <param name="from">Start of the time axis.</param>
    /// <param name="to">End of the time axis.</param>
    /// <param name="live">Whether the axis moves on with what is appended.</param>
    public async Task ResetAsync(IReadOnlyList<ChartPoint> points, TimeSpan step, DateTimeOffset from, DateTimeOffset to, bool live)
    {
        ArgumentNullException.ThrowIfNull(points);
        (_step, _window) = (step, to - from);
        _recent.Clear();
        Remember(points);
        var frame = Frame(points, from, to, live);
        if (!IsDrawn)
            _waiting = frame;
        else
            await DrawAsync(frame);
        if (_table)
            StateHasChanged();
    }

    /// <summary>Adds points at the end; only they go to the browser.</summary>
    public async Task AppendAsync(IReadOnlyList<ChartPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (_writer is null)
            return;
        Remember(points);
        var columns = _writer.Write(points);
        if (columns.Count == 0)
            return;
        if (_missed)
        {
            // What the browser did not hear while it was away it gets now, with what is new: no hole, and nothing twice.
            await DrawAsync(Frame(_recent, points[^1].Time - _window, points[^1].Time, live: true));
        }
        else if (!IsDrawn)
        {
            if (_waiting is { } frame)
                _waiting = frame with { Columns = Join(frame.Columns, columns) };
        }
        else
        {
            _missed = !await SendAsync("append", columns.Times, columns.Values);
        }

        if (_table)
            StateHasChanged();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        await CreateAsync("./js/stream-chart.js", _element, _legend, new
        {
            height = Options.Height,
            title = Options.Title,
            unit = Options.Unit,
            group = Options.Group,
            locale = CultureInfo.CurrentCulture.Name,
            range = Options.Range is { } range ? new[] { range.Low, range.High } : null,
            atLeast = Options.AtLeast,
            series = Options.Series.Select(series => new { label = series.Label, colour = series.Colour }),
        });
        if (IsDrawn && _waiting is { } frame)
        {
            _waiting = null;
            await DrawAsync(frame);
        }
    }

    private (ChartColumns Columns, double From, double To, bool Live) Frame(IReadOnlyList<ChartPoint> points, DateTimeOffset from, DateTimeOffset to, bool live)
    {
        _writer = new ColumnWriter([.. Options.Series.Select(series => series.Value)], _step);
        return (MinMaxDownsampler.Reduce(_writer.Write(points), DrawnRows), Seconds(from), Seconds(to), live);
    }

    private async Task DrawAsync((ChartColumns Columns, double From, double To, bool Live) frame) =>
        _missed = !await SendAsync("reset", frame.Columns.Times, frame.Columns.Values, frame.From, frame.To, frame.Live);

    private ChartTable Table() => Table(TableRows);

    private ChartTable Table(int rows) => new(
        [new(L["Chart_Time"], Numeric: false), .. Options.Series.Select(series => new ChartTableColumn($"{series.Label} ({Options.Unit})"))],
        [.. Enumerable.Reverse(_recent).Take(rows).Select(point => (IReadOnlyList<object?>)[point.Time, .. Options.Series.Select(series => (object?)series.Value(point))])]);

    private void Remember(IReadOnlyList<ChartPoint> points)
    {
        _recent.AddRange(points.Skip(Math.Max(0, points.Count - KeptRows)));
        if (_recent.Count > KeptRows)
            _recent.RemoveRange(0, _recent.Count - KeptRows);
    }

    private static ChartColumns Join(ChartColumns first, ChartColumns second) =>
        new([.. first.Times, .. second.Times], [.. first.Values.Zip(second.Values, (a, b) => (IReadOnlyList<double?>)[.. a, .. b])]);

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
