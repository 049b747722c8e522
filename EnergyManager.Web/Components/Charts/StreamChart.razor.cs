using System.Globalization;
using EnergyManager.Web.Components.Formatting;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace EnergyManager.Web.Components.Charts;

/// <summary>A time series on a canvas that grows by what is new. The drawing is in <c>wwwroot/js/stream-chart.js</c>.</summary>
public sealed partial class StreamChart
{
    /// <summary>Rows of the data table behind the drawing: the newest ones.</summary>
    public const int TableRows = 120;

    private readonly List<ChartPoint> _recent = [];
    private ElementReference _element;
    private ElementReference _legend;
    private IJSObjectReference? _module;
    private IJSObjectReference? _chart;
    private ColumnWriter? _writer;
    private (ChartColumns Columns, double From, double To, bool Live)? _waiting;
    private bool _table;
    private bool _disposed;

    /// <summary>The visitor's clock.</summary>
    [CascadingParameter]
    private VisitorTime Time { get; set; } = VisitorTime.Default;

    [Parameter, EditorRequired]
    public StreamChartOptions Options { get; set; } = null!;

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
        _writer = new ColumnWriter([.. Options.Series.Select(series => series.Value)], step);
        _recent.Clear();
        Remember(points);
        var frame = (_writer.Write(points), Seconds(from), Seconds(to), live);
        if (_chart is null)
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
        if (_chart is null)
        {
            if (_waiting is { } frame)
                _waiting = frame with { Columns = Join(frame.Columns, columns) };
        }
        else
        {
            await TryAsync(() => _chart.InvokeVoidAsync("append", columns.Times, columns.Values));
        }

        if (_table)
            StateHasChanged();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        await TryAsync(async () =>
        {
            _module = await Script.InvokeAsync<IJSObjectReference>("import", "./js/stream-chart.js");
            var chart = await _module.InvokeAsync<IJSObjectReference>("create", _element, _legend, new
            {
                height = Options.Height,
                unit = Options.Unit,
                group = Options.Group,
                locale = CultureInfo.CurrentCulture.Name,
                range = Options.Range is { } range ? new[] { range.Low, range.High } : null,
                atLeast = Options.AtLeast,
                series = Options.Series.Select(series => new { label = series.Label, colour = series.Colour }),
            });
            if (_disposed)
            {
                await chart.InvokeVoidAsync("dispose");
                return;
            }

            _chart = chart;
            if (_waiting is { } frame)
            {
                _waiting = null;
                await DrawAsync(frame);
            }
        });
    }

    private Task DrawAsync((ChartColumns Columns, double From, double To, bool Live) frame) =>
        TryAsync(() => _chart!.InvokeVoidAsync("reset", frame.Columns.Times, frame.Columns.Values, frame.From, frame.To, frame.Live));

    private void ToggleTable() => _table = !_table;

    private void Remember(IReadOnlyList<ChartPoint> points)
    {
        _recent.AddRange(points.Skip(Math.Max(0, points.Count - TableRows)));
        if (_recent.Count > TableRows)
            _recent.RemoveRange(0, _recent.Count - TableRows);
    }

    private static ChartColumns Join(ChartColumns first, ChartColumns second) =>
        new([.. first.Times, .. second.Times], [.. first.Values.Zip(second.Values, (a, b) => (IReadOnlyList<double?>)[.. a, .. b])]);

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    // A circuit can end between any two calls; then there is nothing left to draw on.
    private static async Task TryAsync(Func<ValueTask> draw)
    {
        try
        {
            await draw();
        }
        catch (JSDisconnectedException)
        {
        }
        catch (OperationCanceledException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await TryAsync(async () =>
        {
            if (_chart is not null)
            {
                await _chart.InvokeVoidAsync("dispose");
                await _chart.DisposeAsync();
            }

            if (_module is not null)
                await _module.DisposeAsync();
        });
    }
}
