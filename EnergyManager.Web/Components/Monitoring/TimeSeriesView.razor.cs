using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Components.Shell;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Telemetry;
using Microsoft.AspNetCore.Components;

namespace EnergyManager.Web.Components.Monitoring;

/// <summary>Lines over time: what the feed still has at once, what only the store has as soon as it answers.</summary>
public sealed partial class TimeSeriesView
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<StreamChart> _charts = [];
    private IReadOnlyList<StreamChartOptions>? _chartOptions;
    private long _shown;
    private bool _seriesEmpty = true;
    private bool _powerMeasured;
    private bool _loading;
    private TimeSpan? _step;
    private string? _error;

    [Inject]
    private ITelemetryHistory History { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public DeviceWatch Watch { get; set; } = null!;

    [Parameter]
    public DeviceView? Device { get; set; }

    [Parameter, EditorRequired]
    public TimeRange Range { get; set; } = TimeRange.Default;

    /// <summary>Keys of the charts that are shown, or <c>null</c> for all.</summary>
    [Parameter]
    public IReadOnlyList<string>? Only { get; set; }

    /// <summary>Height of each drawing in pixels, or <c>null</c> for that of the charts themselves.</summary>
    [Parameter]
    public int? Height { get; set; }

    private StreamChart Chart
    {
        set
        {
            if (!_charts.Contains(value))
                _charts.Add(value);
        }
    }

    private IReadOnlyList<StreamChartOptions> ChartOptions => _chartOptions ??=
        [.. AllCharts().Where(chart => Only?.Contains(chart.Key) != false).Select(chart => chart with { Height = Height ?? chart.Height })];

    private StreamChartOptions[] AllCharts() =>
    [
        new()
        {
            Key = "load", Title = L["Chart_Load"], Unit = "%", Range = (0, 100),
            Series = [new(L["Metric_Cpu"], 1, point => point.CpuPercent), new(L["Metric_Ram"], 2, point => point.RamPercent), new(L["Metric_Storage"], 3, point => point.StoragePercent)],
        },
        new() { Key = "temperature", Title = L["Metric_Temperature"], Unit = "°C", Series = [new(L["Metric_Temperature"], 4, point => point.TemperatureC)] },
        new() { Key = "power", Title = L["Metric_Power"], Unit = "W", AtLeast = 1, Series = [new(L["Metric_Power"], 5, point => point.PowerW)] },
        new() { Key = "latency", Title = L["Stat_Latency"], Unit = "ms", AtLeast = 1, Series = [new("p50", 6, point => point.P50Ms), new("p95", 4, point => point.P95Ms)] },
        new() { Key = "throughput", Title = L["Metric_Throughput"], Unit = "/s", AtLeast = 1, Series = [new(L["Metric_Throughput"], 1, point => point.InferencesPerSecond)] },
    ];

    // Live figures lead to now, as the charts do.
    private CurlCommand? TelemetryRequest() =>
        Device is null ? null : ApiCalls.Telemetry(Device.DeviceId, Clock.GetUtcNow() - Range.Length, Clock.GetUtcNow());

    private string Note => Range.Live ? L["Monitoring_Live"] : _step is { } step ? L["Monitoring_Step", Figures.Number(step.TotalSeconds)] : "";

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            Watch.Drawn = ArrivedAsync;
            _ = RefreshAsync();
        }

        if (_shown == Watch.Generation)
            return;
        _shown = Watch.Generation;
        await ShowAsync();
    }

    private async Task ShowAsync()
    {
        var show = _shown;
        (_error, _step, _powerMeasured, _seriesEmpty, _loading) = (null, null, false, true, false);
        if (Device is null)
            return;
        var snapshot = Watch.Snapshot;
        // The axis follows the device's clock: a device whose clock is wrong is shown all the same.
        var end = snapshot.Count > 0 ? snapshot[^1].Time : Clock.GetUtcNow();
        if (Range.Live)
        {
            var points = snapshot.Select(ChartPoint.From).ToList();
            await DrawAsync(points, Watch.Step, end - Range.Length, end, live: true);
            StateHasChanged();
            if (points.Count > 0 && points[0].Time - (end - Range.Length) < Watch.Step * 5)
                return;
        }

        _loading = _seriesEmpty;
        StateHasChanged();
        await LoadAsync(show, end);
    }

    private async Task LoadAsync(long show, DateTimeOffset end)
    {
        try
        {
            var series = await History.QueryAsync(Device!.DeviceId, end - Range.Length, end.AddMilliseconds(1), null, _stop.Token);
            if (show != _shown)
                return;
            var stored = series.Points.Select(point => ChartPoint.From(point, series.Step)).ToList();
            _error = null;
            if (Range.Live)
            {
                // What came while the store was asked is newer than what it says.
                var live = Watch.Recent.Where(point => stored.Count == 0 || point.Time > stored[^1].Time);
                await DrawAsync([.. stored, .. live], TimeSpan.FromSeconds(Math.Max(series.Step.TotalSeconds, 1)), end - Range.Length, end, live: true);
            }
            else
            {
                _step = series.Step;
                await DrawAsync(stored, series.Step, series.From, series.To, live: false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (show == _shown)
                _error = exception.Message;
        }

        _loading &= show != _shown;
        StateHasChanged();
    }

    private async Task DrawAsync(IReadOnlyList<ChartPoint> points, TimeSpan step, DateTimeOffset from, DateTimeOffset to, bool live)
    {
        _seriesEmpty = points.Count == 0;
        _powerMeasured |= points.Any(point => point.PowerW is not null);
        await Task.WhenAll(_charts.Select(chart => chart.ResetAsync(points, step, from, to, live)));
    }

    private async Task ArrivedAsync(IReadOnlyList<TelemetrySample> samples)
    {
        _powerMeasured |= samples.Any(sample => sample.Power is not null);
        if (!Range.Live || _shown != Watch.Generation)
            return;
        var points = samples.Select(ChartPoint.From).ToList();
        _seriesEmpty = false;
        // All at once: the browser answers each, and a distant one would hold up the next chart.
        await Task.WhenAll(_charts.Select(chart => chart.AppendAsync(points)));
    }

    // Ranges from the store are read again now and then.
    private async Task RefreshAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), Clock);
        var refreshed = Clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (Range.Live || Device is null || Clock.GetElapsedTime(refreshed) < Range.Refresh)
                    continue;
                refreshed = Clock.GetTimestamp();
                await InvokeAsync(() => LoadAsync(_shown, Clock.GetUtcNow()));
            }
        }
        catch (OperationCanceledException)
        {
            // The view is gone.
        }
        catch (ObjectDisposedException)
        {
            // The view went away while the dispatcher was asked.
        }
    }

    private string? EmptyText(string key) =>
        _seriesEmpty && (Watch.Sample is null || !Range.Live) ? L["Chart_NoData"].Value
        : key == "power" && !_powerMeasured ? L["NoPowerSensor"].Value
        : key == "temperature" && Watch.Sample is { TemperatureC: null } && Range.Live ? L["NoSensor"].Value
        : key is "latency" or "throughput" && Watch.Sample is { Inference: null } && Range.Live && Watch.Recent.All(point => point.InferencesPerSecond is null) ? L["Chart_NoModel"].Value
        : null;

    public void Dispose()
    {
        if (Watch.Drawn == ArrivedAsync)
            Watch.Drawn = null;
        _stop.Cancel();
        _stop.Dispose();
    }
}
