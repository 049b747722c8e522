using EnergyManager.Core.Deployment;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Components.Sentences;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace EnergyManager.Web.Components.Deployments;

/// <summary>One deployment: where it stands and why, step by step, as it goes on.</summary>
public sealed partial class DeploymentDetailPage
{
    private const string RequestedBy = "dashboard";

    private readonly CancellationTokenSource _stop = new();
    private TransferRate _rate = null!;
    private IDisposable? _subscription;
    private IDisposable? _fleetSubscription;
    private DeploymentView? _deployment;
    private DeviceView? _device;
    private string? _shown;
    private string? _error;
    private bool _loaded;
    private bool _busy;

    [Inject]
    private IDeploymentService Deployments { get; set; } = null!;

    [Inject]
    private IDeviceFleet Fleet { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private RollbackQuestion Rollback { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <summary>The visitor's clock.</summary>
    [CascadingParameter]
    private VisitorTime Time { get; set; } = VisitorTime.Default;

    /// <summary>Identifier of the deployment.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    private string DeviceName => _device?.Name ?? _deployment?.DeviceId ?? "";

    private (long Bytes, long? Total)? Progress => _deployment switch
    {
        { State: DeploymentState.Fetching, Fetch: { } fetch } => (fetch.Bytes, fetch.TotalBytes),
        { State: DeploymentState.Downloading, DownloadedBytes: { } bytes } => (bytes, _deployment.SizeBytes),
        _ => null,
    };

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Id)
            return;
        (_shown, _loaded, _deployment) = (Id, false, null);
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _subscription = Deployments.Subscribe(deployment => _ = InvokeAsync(() => Changed(deployment)));
        _fleetSubscription = Fleet.Subscribe(id => _ = InvokeAsync(() => DeviceChanged(id)));
        _ = TickAsync();
    }

    private async Task LoadAsync()
    {
        _rate = new TransferRate(Clock);
        _error = null;
        var id = Id;
        try
        {
            var found = await Deployments.FindAsync(id, _stop.Token);
            if (id != Id)
                return;
            Take(found);
            _loaded = true;
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

    private void Take(DeploymentView? deployment)
    {
        _deployment = deployment;
        _device = deployment is null ? null : Fleet.Find(deployment.DeviceId);
        if (Progress is { } progress)
            _rate.Take(progress.Bytes);
    }

    private void Changed(DeploymentView deployment)
    {
        // Views can overtake each other on their way here: a history only grows.
        if (_stop.IsCancellationRequested || deployment.DeploymentId != Id || deployment.History.Count < _deployment?.History.Count)
            return;
        Take(deployment);
        _loaded = true;
        StateHasChanged();
    }

    private void DeviceChanged(string deviceId)
    {
        if (_stop.IsCancellationRequested || deviceId != _deployment?.DeviceId)
            return;
        _device = Fleet.Find(deviceId);
        StateHasChanged();
    }

    // The step that goes on grows before one's eyes.
    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (_deployment is { } deployment && !DeploymentTransitions.IsSettled(deployment.State))
                    await InvokeAsync(StateHasChanged);
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

    private async Task WithdrawAsync()
    {
        if (await ConfirmDialog.AskAsync(Dialogs, L["Deployments_Withdraw_Title"], L["Deployments_Withdraw_Body", _deployment!.Model, DeviceName], null, L["Log_Withdraw"]))
            Snackbar.Say(Deployments.Cancel(Id, RequestedBy));
    }

    private Task RetryAsync() => AskAsync(() => Deployments.RetryAsync(Id, RequestedBy, _stop.Token));

    private async Task RollBackAsync()
    {
        if (_device is not { } device)
            return;
        if (await Rollback.AskAsync(device.DeviceId, device.Name))
            await AskAsync(() => Deployments.RollbackAsync(device.DeviceId, RequestedBy, _stop.Token));
    }

    // What comes of it is a deployment of its own: the page goes there.
    private async Task AskAsync(Func<Task<DeployOutcome>> ask)
    {
        _busy = true;
        try
        {
            var outcome = await ask();
            Snackbar.Say(outcome);
            if (outcome is { Status: DeployStatus.Accepted, Deployment: { } begun } && begun.DeploymentId != Id)
                Navigation.NavigateTo(DeploymentLink.For(begun.DeploymentId));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The page is gone.
        }
        finally
        {
            _busy = false;
        }
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _fleetSubscription?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }
}
