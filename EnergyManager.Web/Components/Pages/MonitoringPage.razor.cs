using EnergyManager.Core.Prediction;
using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Telemetry;
using Microsoft.AspNetCore.Components;

namespace EnergyManager.Web.Components.Pages;

/// <summary>What one device does now and did before, and how its models compare.</summary>
public sealed partial class MonitoringPage
{
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TileInterval = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<StreamChart> _charts = [];
    private readonly List<ChartPoint> _recent = [];
    private IReadOnlyList<StreamChartOptions>? _chartOptions;
    private LiveWatcher? _watcher;
    private IDisposable? _fleetSubscription;
    private IReadOnlyList<DeviceView>? _devices;
    private DeviceView? _device;
    private TimeRange _range = TimeRange.Default;
    private TelemetrySample? _sample;
    private long _received;
    private long _rendered;
    private bool _stale;
    private bool _heldBack;
    private bool _seriesEmpty;
    private bool _powerMeasured;
    private bool _randomWeights;
    private long _shows;
    private TimeSpan? _historyStep;
    private string? _historyError;
    private ParetoPlot? _pareto;
    private string? _paretoType;
    private string? _paretoBoard;
    private string? _paretoError;

    [Inject]
    private IDeviceFleet Fleet { get; set; } = null!;

    [Inject]
    private ILiveFeed Feed { get; set; } = null!;

    [Inject]
    private ITelemetryHistory History { get; set; } = null!;

    [Inject]
    private IModelLibrary Library { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <summary>The visitor's clock.</summary>
    [CascadingParameter]
    private VisitorTime Time { get; set; } = VisitorTime.Default;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "device")]
    private string? DeviceQuery { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    private string? RangeQuery { get; set; }

    private StreamChart Chart
    {
        set
        {
            if (!_charts.Contains(value))
                _charts.Add(value);
        }
    }

    private IReadOnlyList<StreamChartOptions> ChartOptions => _chartOptions ??=
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

    private string? FallbackBoard => _device is not null && Boards.TryResolve(_device.DeviceType, out var resolution) && resolution.Note is not null ? resolution.Device.Name : null;

    private string SeriesNote => _range.Live ? L["Monitoring_Live"] : _historyStep is { } step ? L["Monitoring_Step", Figures.Number(step.TotalSeconds)] : "";

    private string LastSeenText => _device?.LastSeen is { } seen && (!_device.Online || _stale) ? L["Monitoring_LastSeen", Time.DateAndTime(seen)] : "";

    protected override void OnInitialized() => _range = TimeRange.Parse(RangeQuery);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _watcher = new LiveWatcher(Feed, InvokeAsync, DispatchExceptionAsync);
        _fleetSubscription = Fleet.Subscribe(changed => _ = InvokeAsync(DevicesChangedAsync));
        _ = TickAsync();
        await DevicesChangedAsync();
    }

    private async Task DevicesChangedAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        _devices = Fleet.List();
        var wanted = _device?.DeviceId ?? DeviceQuery;
        var found = _devices.FirstOrDefault(device => device.DeviceId == wanted) ?? _devices.FirstOrDefault(device => device.Online) ?? (_devices.Count > 0 ? _devices[0] : null);
        var other = found?.DeviceId != _device?.DeviceId;
        var modelChanged = found?.Model != _device?.Model || other;
        _device = found;
        StateHasChanged();
        if (other || _shows == 0)
            await ShowAsync();
        if (modelChanged)
            await FindWeightsAsync();
    }

    private Task ChooseDevice(ChangeEventArgs change)
    {
        _device = Fleet.Find(change.Value as string ?? "");
        Remember();
        return Task.WhenAll(ShowAsync(), FindWeightsAsync());
    }

    private Task ChooseRangeAsync(TimeRange range)
    {
        _range = range;
        Remember();
        return ShowAsync();
    }

    // Shows the device over the range from scratch: what the feed still has at once, what only the store has as soon as it answers.
    private async Task ShowAsync()
    {
        var show = ++_shows;
        (_sample, _stale, _historyError, _historyStep, _powerMeasured) = (null, false, null, null, false);
        _recent.Clear();
        _ = FollowParetoAsync();
        if (_device is null || _watcher is null)
            return;

        var now = Clock.GetUtcNow();
        var window = _range.Live ? _range.Length : TimeSpan.FromMinutes(1);
        var snapshot = _watcher.Start(_device.DeviceId, window, ArrivedAsync);
        TakeTiles(snapshot);
        StateHasChanged();

        var points = snapshot.Select(ChartPoint.From).ToList();
        var step = StepOf(snapshot);
        // The axis follows the device's clock: a device whose clock is wrong is shown all the same.
        var end = snapshot.Count > 0 ? snapshot[^1].Time : now;
        if (_range.Live)
        {
            await DrawAsync(points, step, end - _range.Length, end, live: true);
            if (points.Count > 0 && points[0].Time - (end - _range.Length) < step * 5)
                return;
        }

        await LoadHistoryAsync(show, end);
    }

    private async Task LoadHistoryAsync(long show, DateTimeOffset end)
    {
        try
        {
            var series = await History.QueryAsync(_device!.DeviceId, end - _range.Length, end.AddMilliseconds(1), null, _stop.Token);
            if (show != _shows)
                return;
            var stored = series.Points.Select(point => ChartPoint.From(point, series.Step)).ToList();
            _historyError = null;
            if (_range.Live)
            {
                // What came while the store was asked is newer than what it says.
                var live = _recent.Where(point => stored.Count == 0 || point.Time > stored[^1].Time);
                await DrawAsync([.. stored, .. live], TimeSpan.FromSeconds(Math.Max(series.Step.TotalSeconds, 1)), end - _range.Length, end, live: true);
            }
            else
            {
                _historyStep = series.Step;
                await DrawAsync(stored, series.Step, series.From, series.To, live: false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _historyError = exception.Message;
        }

        StateHasChanged();
    }

    private async Task DrawAsync(IReadOnlyList<ChartPoint> points, TimeSpan step, DateTimeOffset from, DateTimeOffset to, bool live)
    {
        _seriesEmpty = points.Count == 0;
        _powerMeasured |= points.Any(point => point.PowerW is not null);
        foreach (var chart in _charts)
            await chart.ResetAsync(points, step, from, to, live);
    }

    private async Task ArrivedAsync(IReadOnlyList<TelemetrySample> samples)
    {
        var wasStale = _stale;
        TakeTiles(samples);
        if (_range.Live)
        {
            var points = samples.Select(ChartPoint.From).ToList();
            _seriesEmpty = false;
            foreach (var chart in _charts)
                await chart.AppendAsync(points);
        }

        // What is held back now is shown by the next sample or the next tick, whichever comes first.
        if (wasStale || Clock.GetElapsedTime(_rendered) >= TileInterval)
            RenderTiles();
        else
            _heldBack = true;
    }

    private void TakeTiles(IReadOnlyList<TelemetrySample> samples)
    {
        if (samples.Count == 0)
            return;
        _sample = samples[^1];
        _received = Clock.GetTimestamp();
        _stale = false;
        _powerMeasured |= _sample.Power is not null;
        _recent.AddRange(samples.Skip(Math.Max(0, samples.Count - LiveTiles.SparkPoints)).Select(ChartPoint.From));
        if (_recent.Count > LiveTiles.SparkPoints)
            _recent.RemoveRange(0, _recent.Count - LiveTiles.SparkPoints);
    }

    private void RenderTiles()
    {
        _heldBack = false;
        _rendered = Clock.GetTimestamp();
        StateHasChanged();
    }

    // Once a second: are the figures stale, is a range from the store due again?
    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), Clock);
        var refreshed = Clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await InvokeAsync(async () =>
                {
                    var stale = _sample is not null && _device is { Online: true } && Clock.GetElapsedTime(_received) > StaleAfter;
                    if (stale != _stale || _heldBack)
                    {
                        _stale = stale;
                        RenderTiles();
                    }

                    if (!_range.Live && _device is not null && Clock.GetElapsedTime(refreshed) > _range.Refresh)
                    {
                        refreshed = Clock.GetTimestamp();
                        await LoadHistoryAsync(_shows, Clock.GetUtcNow());
                    }
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
        catch (ObjectDisposedException)
        {
            // The page went away while the dispatcher was asked.
        }
    }

    private async Task FollowParetoAsync()
    {
        // Without a device the default board answers.
        var type = _device?.DeviceType ?? "";
        if (_paretoType == type)
            return;
        _paretoType = type;
        try
        {
            var listing = await Task.Run(() => Library.AllAsync(type, _stop.Token), _stop.Token);
            if (type == _paretoType)
                (_pareto, _paretoBoard, _paretoError) = (ParetoPlot.From(listing.Models), DeviceNames.Of(Boards, listing.DeviceType), null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            _paretoError = exception.Message;
        }

        StateHasChanged();
    }

    private async Task FindWeightsAsync()
    {
        var model = _device?.Model;
        try
        {
            var view = model is null ? null : await Library.FindAsync(model, _device!.DeviceType, _stop.Token);
            _randomWeights = view?.RandomWeights == true;
            StateHasChanged();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The page is gone.
        }
        catch (Exception exception) when (exception is PredictionRefusedException or InvalidOperationException)
        {
            _randomWeights = false;
        }
    }

    private string? EmptyText(string key) =>
        _device is null || (_sample is null && _seriesEmpty) ? L["Chart_NoData"].Value
        : key == "power" && !_powerMeasured ? L["NoPowerSensor"].Value
        : key == "temperature" && _sample is { TemperatureC: null } && _range.Live ? L["NoSensor"].Value
        : key is "latency" or "throughput" && _sample is { Inference: null } && _range.Live && _recent.All(point => point.InferencesPerSecond is null) ? L["Chart_NoModel"].Value
        : null;

    private static TimeSpan StepOf(IReadOnlyList<TelemetrySample> samples) =>
        TimeSpan.FromSeconds(samples.Count > 0 ? Math.Clamp(samples[^1].DurationS, 0.2, 60) : 1);

    private void Remember() =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal) { ["device"] = _device?.DeviceId, ["range"] = _range.Key }),
            replace: true);

    public void Dispose()
    {
        _watcher?.Dispose();
        _fleetSubscription?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }
}
