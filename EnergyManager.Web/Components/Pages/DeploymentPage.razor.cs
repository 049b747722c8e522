using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace EnergyManager.Web.Components.Pages;

/// <summary>Choose a device, a budget and a model; see what it costs; put it there.</summary>
public sealed partial class DeploymentPage
{
    private const string RequestedBy = "dashboard";

    /// <summary>Stands for no budget where a recommendation wants one: no model of these boards comes near a kilowatt-hour.</summary>
    private const double NoBudgetMwh = 1_000_000;

    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _fleetSubscription;
    private IDisposable? _librarySubscription;
    private IReadOnlyList<DeviceView>? _devices;
    private DeviceView? _target;
    private string? _address;
    private string? _deviceType;
    private double? _budget = new ModelConstraints().MaxEnergyMwh;
    private ModelConstraints _constraints = new() { Limit = 50 };
    private LibraryFilter _filter;
    private ModelListing? _all;
    private ModelListing? _shown;
    private string? _libraryError;
    private ModelView? _model;
    private EnergyPrediction? _prediction;
    private string? _predictedFor;
    private string? _predictionError;
    private bool _deploying;
    private long _loads;

    [Inject]
    private IDeviceFleet Fleet { get; set; } = null!;

    [Inject]
    private IModelLibrary Library { get; set; } = null!;

    [Inject]
    private IDeviceCalibrations Calibrations { get; set; } = null!;

    [Inject]
    private IDeploymentService Deployments { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "device")]
    private string? DeviceQuery { get; set; }

    [SupplyParameterFromQuery(Name = "model")]
    private string? ModelQuery { get; set; }

    private string? TargetName => _target?.Name ?? (string.IsNullOrWhiteSpace(_address) ? null : _address.Trim());

    // What the gate will judge by: the device's own calibration before the figures of its board.
    private EnergyPrediction? Calibrated => _prediction?.Mode == PredictionMode.Calibrated ? _prediction : null;

    private double? EnergyMwh => Calibrated?.RunEnergy.MilliwattHours ?? _model?.EnergyMwh ?? _prediction?.RunEnergy.MilliwattHours;

    private string? EnergyProvenance =>
        Calibrated is null && _model?.EnergyMwh is not null ? _model.Provenance : _prediction is not null ? "predicted" : null;

    private BudgetVerdict Verdict => BudgetCheck.Judge(EnergyMwh, _budget);

    private string VerdictText => _model is null ? L["Deploy_Hint"] : L[$"Verdict_{Verdict}", Figures.Mwh(EnergyMwh), Figures.Mwh(_budget), StandardRun.Inferences];

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _fleetSubscription = Fleet.Subscribe(changed => _ = InvokeAsync(DevicesChanged));
        _librarySubscription = Library.Subscribe(() => _ = InvokeAsync(ReloadAsync));
        DevicesChanged();
        // A target that was found has asked for the library of its own board already.
        if (_loads == 0)
            await ReloadAsync();
    }

    private void DevicesChanged()
    {
        if (_stop.IsCancellationRequested)
            return;
        _devices = Fleet.List();
        var wanted = _target?.DeviceId ?? DeviceQuery;
        _target = !string.IsNullOrWhiteSpace(_address) ? Fleet.FindByAddress(_address.Trim())
            : wanted is not null ? _devices.FirstOrDefault(device => device.DeviceId == wanted)
            : null;
        // With one device there is nothing to choose.
        if (_target is null && string.IsNullOrWhiteSpace(_address))
            _target = _devices.FirstOrDefault(device => device.Online);
        StateHasChanged();
        _ = FollowDeviceTypeAsync();
    }

    private Task FollowDeviceTypeAsync()
    {
        if (_target is not null && _deviceType != _target.DeviceType)
        {
            _deviceType = _target.DeviceType;
            return ReloadAsync();
        }

        // Another unit of the same board has measured other things.
        return _model is { } model && _predictedFor != _target?.DeviceId ? SelectAsync(model.Model) : Task.CompletedTask;
    }

    private Task ChooseDevice(string? deviceId)
    {
        _address = null;
        _target = deviceId is null ? null : Fleet.Find(deviceId);
        Remember();
        return FollowDeviceTypeAsync();
    }

    private Task ChooseAddress(string? address)
    {
        _address = address;
        _target = string.IsNullOrWhiteSpace(address) ? null : Fleet.FindByAddress(address.Trim());
        return FollowDeviceTypeAsync();
    }

    private async Task ChangeBudgetAsync(double? budget)
    {
        _budget = budget;
        if (_filter == LibraryFilter.Recommended)
            await ReloadAsync();
    }

    private async Task ChangeConstraintsAsync(ModelConstraints constraints)
    {
        _constraints = constraints;
        if (_filter == LibraryFilter.Recommended)
            await ReloadAsync();
    }

    private async Task ChangeFilterAsync(LibraryFilter filter)
    {
        var recommended = filter == LibraryFilter.Recommended || _filter == LibraryFilter.Recommended;
        _filter = filter;
        if (recommended)
            await ReloadAsync();
    }

    private async Task ReloadAsync()
    {
        var load = ++_loads;
        _libraryError = null;
        try
        {
            // The first listing of a board predicts hundreds of models: never on the circuit's own thread.
            var (type, limits, recommended) = (_deviceType, _constraints with { MaxEnergyMwh = _budget ?? NoBudgetMwh }, _filter == LibraryFilter.Recommended);
            var all = await Task.Run(() => Library.AllAsync(type, _stop.Token), _stop.Token);
            var shown = recommended ? await Task.Run(() => Library.RecommendAsync(type, limits, _stop.Token), _stop.Token) : all;
            if (load != _loads)
                return;
            (_all, _shown) = (all, shown);
            var wanted = _model?.Model ?? ModelQuery;
            if (wanted is not null)
                await SelectAsync(wanted);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            // Unknown board, predictor not trained: the page stands, and says why the library is empty.
            _libraryError = exception.Message;
        }

        StateHasChanged();
    }

    private async Task SelectAsync(string name)
    {
        _model = Find(_shown, name) ?? Find(_all, name);
        (_prediction, _predictionError) = (null, null);
        Remember();
        if (_model is null)
            return;
        try
        {
            var type = _deviceType;
            var target = _target;
            _predictedFor = target?.DeviceId;
            var prediction = await Task.Run(
                () => target is null ? Library.PredictAsync(name, type, _stop.Token) : Calibrations.PredictAsync(name, target.DeviceId, target.DeviceType, _stop.Token),
                _stop.Token);
            if (_model?.Model == name && _predictedFor == target?.DeviceId)
                _prediction = prediction;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            // The figures of the library are shown all the same.
            _predictionError = exception.Message;
        }

        StateHasChanged();
    }

    private async Task DeployAsync()
    {
        if (_model is null || TargetName is null)
            return;
        var confirmed = Verdict switch
        {
            BudgetVerdict.Over => await ConfirmAsync(DeployDoubt.OverBudget, EnergyMwh, EnergyProvenance),
            BudgetVerdict.Unknown => await ConfirmAsync(DeployDoubt.NoPrediction, null, null),
            _ => true,
        };
        if (!confirmed)
            return;

        var outcome = await SendAsync(Verdict is BudgetVerdict.Over or BudgetVerdict.Unknown);
        // The server's own prediction has the last word: it may know more than this page did.
        if (outcome is { Status: DeployStatus.OverBudget } && await ConfirmAsync(DeployDoubt.OverBudget, outcome.PredictedEnergy?.Mwh, outcome.PredictedEnergy?.Provenance))
            outcome = await SendAsync(overriding: true);
        if (outcome is not null && outcome.Status != DeployStatus.OverBudget)
            Snackbar.Add(outcome.Message, outcome.Status == DeployStatus.Accepted ? Severity.Success : Severity.Error);
    }

    private async Task<DeployOutcome?> SendAsync(bool overriding)
    {
        _deploying = true;
        try
        {
            return await Deployments.DeployAsync(
                new DeployRequest
                {
                    DeviceId = _target?.DeviceId,
                    Address = _target is null ? _address?.Trim() : null,
                    ModelName = _model!.Model,
                    MaxEnergyMwh = _budget,
                    Override = overriding,
                    RequestedBy = RequestedBy,
                },
                _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _deploying = false;
        }
    }

    private async Task<bool> ConfirmAsync(DeployDoubt doubt, double? energyMwh, string? provenance)
    {
        var dialog = await Dialogs.ShowAsync<DeployDialog>(null, new DialogParameters<DeployDialog>
        {
            { dialog => dialog.Doubt, doubt },
            { dialog => dialog.Model, _model!.Model },
            { dialog => dialog.DeviceName, TargetName },
            { dialog => dialog.EnergyMwh, energyMwh },
            { dialog => dialog.BudgetMwh, _budget },
            { dialog => dialog.Provenance, provenance },
        });
        return await dialog.Result is { Canceled: false };
    }

    private async Task RollBackAsync()
    {
        if (_target is null)
            return;
        try
        {
            var outcome = await Deployments.RollbackAsync(_target.DeviceId, RequestedBy, _stop.Token);
            Snackbar.Add(outcome.Message, outcome.Status == DeployStatus.Accepted ? Severity.Success : Severity.Warning);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The page is gone.
        }
    }

    // The address of the page says what it shows, so that it can be shared and reloaded.
    private void Remember() =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal) { ["device"] = _target?.DeviceId, ["model"] = _model?.Model }),
            replace: true);

    private static ModelView? Find(ModelListing? listing, string name) => listing?.Models.FirstOrDefault(model => model.Model == name);

    public void Dispose()
    {
        _fleetSubscription?.Dispose();
        _librarySubscription?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }
}
