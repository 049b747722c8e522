using EnergyManager.Core.Prediction;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Components.Monitoring;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Telemetry;
using Microsoft.AspNetCore.Components;

namespace EnergyManager.Web.Components.Pages;

/// <summary>What one device does now and did before: live tiles over one of several views. Device, range and view are in the address.</summary>
public sealed partial class MonitoringPage
{
    private static readonly TimeSpan TileInterval = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _stop = new();
    private DeviceWatch? _watch;
    private IDisposable? _fleetSubscription;
    private IReadOnlyList<DeviceView>? _devices;
    private DeviceView? _device;
    private TimeRange _range = TimeRange.Default;
    private MonitoringView _view = MonitoringView.Series;
    private long _rendered;
    private int _fleetChanged;
    private bool _heldBack;
    private bool _randomWeights;

    [Inject]
    private IDeviceFleet Fleet { get; set; } = null!;

    [Inject]
    private ILiveFeed Feed { get; set; } = null!;

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

    [SupplyParameterFromQuery(Name = "view")]
    private string? ViewQuery { get; set; }

    private string? FallbackBoard => _device is not null && Boards.TryResolve(_device.DeviceType, out var resolution) && resolution.Note is not null ? resolution.Device.Name : null;

    private string LastSeenText => _device?.LastSeen is { } seen && (!_device.Online || _watch is { IsStale: true }) ? L["Monitoring_LastSeen", Time.DateAndTime(seen)] : "";

    // The address leads where it changes by itself: Back comes back.
    protected override void OnParametersSet()
    {
        _view = MonitoringView.Parse(ViewQuery);
        var range = TimeRange.Parse(RangeQuery);
        var device = DeviceQuery is { } id && id != _device?.DeviceId ? Fleet.Find(id) : null;
        if (range == _range && device is null)
            return;
        _range = range;
        _device = device ?? _device;
        if (_watch is null)
            return;
        _watch.Start(_device, _range);
        if (device is not null)
            _ = FindWeightsAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _watch = new DeviceWatch(Feed, Clock, InvokeAsync, DispatchExceptionAsync) { Changed = SamplesArrived };
        _fleetSubscription = Fleet.Subscribe(_ => FleetChanged());
        _ = TickAsync();
        await DevicesChangedAsync();
    }

    // A fleet that comes back after a power cut is hundreds of changes: what waits for the dispatcher already shows them all.
    private void FleetChanged()
    {
        if (Interlocked.Exchange(ref _fleetChanged, 1) == 0)
            _ = InvokeAsync(DevicesChangedAsync);
    }

    private async Task DevicesChangedAsync()
    {
        Interlocked.Exchange(ref _fleetChanged, 0);
        if (_stop.IsCancellationRequested)
            return;
        _devices = Fleet.List();
        var wanted = _device?.DeviceId ?? DeviceQuery;
        var found = _devices.FirstOrDefault(device => device.DeviceId == wanted) ?? _devices.FirstOrDefault(device => device.Online) ?? (_devices.Count > 0 ? _devices[0] : null);
        var other = found?.DeviceId != _device?.DeviceId;
        var modelChanged = found?.Model != _device?.Model || other || _watch!.Generation == 0;
        _device = found;
        if (other || _watch!.Generation == 0)
            _watch!.Start(_device, _range);
        StateHasChanged();
        if (modelChanged)
            await FindWeightsAsync();
    }

    private Task ChooseDeviceAsync(ChangeEventArgs change)
    {
        _device = Fleet.Find(change.Value as string ?? "");
        _watch?.Start(_device, _range);
        Remember();
        return FindWeightsAsync();
    }

    private void ChooseRange(TimeRange range)
    {
        _range = range;
        _watch?.Start(_device, _range);
        Remember();
    }

    private void ChooseView(MonitoringView view)
    {
        _view = view;
        Remember();
    }

    // What is held back now is shown by the next sample or the next tick, whichever comes first.
    private void SamplesArrived(bool wasStale)
    {
        if (wasStale || Clock.GetElapsedTime(_rendered) >= TileInterval)
            RenderTiles();
        else
            _heldBack = true;
    }

    private void RenderTiles()
    {
        _heldBack = false;
        _rendered = Clock.GetTimestamp();
        StateHasChanged();
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await InvokeAsync(() =>
                {
                    if (_watch!.CheckStale(_device) || _heldBack)
                        RenderTiles();
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

    private void Remember() =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["device"] = _device?.DeviceId,
            ["range"] = _range.Key,
            ["view"] = _view.Key,
        }));

    public void Dispose()
    {
        _watch?.Dispose();
        _fleetSubscription?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }
}
