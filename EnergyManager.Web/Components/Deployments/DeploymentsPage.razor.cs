using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using Microsoft.AspNetCore.Components;

namespace EnergyManager.Web.Components.Deployments;

/// <summary>All deployments, newest first, as they go on.</summary>
public sealed partial class DeploymentsPage
{
    // A hundred devices that download report several times a second each.
    private static readonly TimeSpan CoalesceFor = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _subscription;
    private IReadOnlyList<DeviceView> _devices = [];
    private DeploymentsFound? _page;
    private DeploymentQuery _query = new();
    private string? _error;
    private int _changed;
    private long _loads;

    [Inject]
    private IDeploymentService Deployments { get; set; } = null!;

    [Inject]
    private IDeviceFleet Fleet { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <summary>The visitor's clock.</summary>
    [CascadingParameter]
    private VisitorTime Time { get; set; } = VisitorTime.Default;

    private int First => ((_query.Page - 1) * DeploymentQuery.PageSize) + 1;

    // The address leads: Back comes back.
    protected override async Task OnParametersSetAsync()
    {
        var asked = DeploymentQuery.Parse(new Uri(Navigation.Uri));
        if (_page is not null && asked == _query)
            return;
        _query = asked;
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _subscription = Deployments.Subscribe(_ => Changed());
    }

    private void Changed()
    {
        if (Interlocked.Exchange(ref _changed, 1) == 0)
            _ = InvokeAsync(FollowAsync);
    }

    private async Task FollowAsync()
    {
        try
        {
            await Task.Delay(CoalesceFor, Clock, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Interlocked.Exchange(ref _changed, 0);
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        var load = ++_loads;
        try
        {
            var page = await Deployments.SearchAsync(_query.ToSearch(), _stop.Token);
            if (load != _loads)
                return;
            (_page, _error, _devices) = (page, null, Fleet.List());
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The page is gone.
        }
        catch (Exception exception)
        {
            _error = exception.Message;
        }
    }

    private Task AskAsync(DeploymentQuery query) => AskAsync(query, replace: false);

    private async Task AskAsync(DeploymentQuery query, bool replace)
    {
        if (query == _query)
            return;
        _query = query;
        await LoadAsync();
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(query.Write()), replace: replace);
    }

    private string NameOf(string deviceId) => _devices.FirstOrDefault(device => device.DeviceId == deviceId)?.Name ?? deviceId;

    public void Dispose()
    {
        _subscription?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }
}
