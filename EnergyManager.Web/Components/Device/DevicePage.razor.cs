using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Components.Monitoring;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Telemetry;
using Microsoft.AspNetCore.Components;

namespace EnergyManager.Web.Components.Device;

/// <summary>One device: who it is, what it runs and what that costs, what became of its deployments, and what can be done.</summary>
public sealed partial class DevicePage
{
    // Those that say most of a device at work; the monitoring page has all of them.
    private static readonly string[] Charts = ["load", "power", "latency"];

    private readonly CancellationTokenSource _stop = new();
    private DeviceWatch? _watch;
    private IDisposable? _fleetSubscription;
    private IDisposable? _deploymentSubscription;
    private DeviceView? _device;
    private DeploymentView? _running;
    private DeviceEnergyView? _energy;
    private TimeRange _range = TimeRange.Default;
    private string? _shown;

    [Inject]
    private IDeviceFleet Fleet { get; set; } = null!;

    [Inject]
    private ILiveFeed Feed { get; set; } = null!;

    [Inject]
    private IDeploymentService Deployments { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <summary>The visitor's clock.</summary>
    [CascadingParameter]
    private VisitorTime Time { get; set; } = VisitorTime.Default;

    /// <summary>Identifier of the device.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "range")]
    private string? RangeQuery { get; set; }

    private bool IsStale => _watch is { IsStale: true };

    // The address leads: Back comes back, to another range or another device.
    protected override async Task OnParametersSetAsync()
    {
        var range = TimeRange.Parse(RangeQuery);
        var other = _shown != Id;
        if (!other && range == _range)
            return;
        _range = range;
        if (other)
        {
            (_shown, _running, _energy) = (Id, null, null);
            _device = Fleet.Find(Id);
        }

        _watch?.Start(_device, _range);
        if (other)
            await FindRunningAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _watch = new DeviceWatch(Feed, Clock, InvokeAsync, DispatchExceptionAsync);
        _fleetSubscription = Fleet.Subscribe(changed => _ = InvokeAsync(() => DeviceChangedAsync(changed)));
        _deploymentSubscription = Deployments.Subscribe(deployment => _ = InvokeAsync(() => DeploymentChanged(deployment)));
        _watch.Start(_device, _range);
        StateHasChanged();
    }

    private async Task DeviceChangedAsync(string deviceId)
    {
        if (_stop.IsCancellationRequested || deviceId != Id)
            return;
        var before = _device;
        _device = Fleet.Find(Id);
        if (before is null || _device is null)
            _watch!.Start(_device, _range);
        StateHasChanged();
        if (before?.DeploymentId != _device?.DeploymentId)
            await FindRunningAsync();
    }

    private void DeploymentChanged(DeploymentView deployment)
    {
        if (_stop.IsCancellationRequested || deployment.DeploymentId != _device?.DeploymentId)
            return;
        _running = deployment;
        StateHasChanged();
    }

    private async Task FindRunningAsync()
    {
        var id = _device?.DeploymentId;
        try
        {
            var found = id is null ? null : await Deployments.FindAsync(id, _stop.Token);
            if (id != _device?.DeploymentId)
                return;
            _running = found;
            StateHasChanged();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The page is gone.
        }
    }

    private void EnergyLoaded(DeviceEnergyView? energy) => _energy = energy;

    private void ChooseRange(TimeRange range)
    {
        _range = range;
        _watch?.Start(_device, _range);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("range", range.Key));
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _fleetSubscription?.Dispose();
        _deploymentSubscription?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }
}
