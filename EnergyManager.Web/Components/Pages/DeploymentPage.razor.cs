using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Components.Shell;
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
    private double? _budget;
    private ModelConstraints _constraints = new();
    private LibraryFilter _filter;
    private ModelListing? _all;
    private ModelListing? _shown;
    private string? _libraryError;
    private ModelView? _model;
    private ModelReference? _version;
    private EnergyPrediction? _prediction;
    private string? _predictedFor;
    private string? _predictionError;
    private IReadOnlyCollection<string> _also = [];
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
    private IDeviceRemoval Removal { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private RollbackQuestion Rollback { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "device")]
    private string? DeviceQuery { get; set; }

    [SupplyParameterFromQuery(Name = "model")]
    private string? ModelQuery { get; set; }

    private IReadOnlyList<DeviceView> Others => [.. (_devices ?? []).Where(device => device.DeviceId != _target?.DeviceId)];

    private string? TargetName => _target?.Name ?? (string.IsNullOrWhiteSpace(_address) ? null : _address.Trim());

    // What the gate will judge by.
    private SelectionFigures Costs => SelectionFigures.Of(_model, _prediction);

    private BudgetVerdict Verdict => BudgetCheck.Judge(Costs.RunEnergyMwh, _budget);

    // What the visitor is asked about here, a command has to say itself.
    private bool Overriding => Verdict is BudgetVerdict.Over or BudgetVerdict.Unknown;

    // What is asked for: the newest version by its name, another one by its hash.
    private string Reference => _version?.ToString() ?? _model?.Model ?? "";

    private string? ModelText =>
        _model is null ? null
        : _version?.Sha256Prefix is { } hash ? $"{_model.Model} ({VersionList.Short(hash)})"
        : Reference;

    private string VerdictText => _model is null ? L["Deploy_Hint"] : L[$"Verdict_{Verdict}", Figures.Mwh(Costs.RunEnergyMwh), Figures.Mwh(_budget), StandardRun.Inferences];

    private ModelConstraints Limits => _constraints with { MaxEnergyMwh = _budget ?? NoBudgetMwh, DeviceId = _target?.DeviceId };

    private CurlCommand ListRequest() =>
        _filter == LibraryFilter.Recommended ? ApiCalls.Recommended(_deviceType, Limits) : ApiCalls.Models(_deviceType);

    private CurlCommand? DeployRequest() =>
        _model is null || TargetName is null ? null
        : _also.Count > 0 && _target is not null ? ApiCalls.Deploy(Reference, [_target.DeviceId, .. _also], _budget, Overriding)
        : ApiCalls.Deploy(Reference, _target?.DeviceId, _address?.Trim(), _budget, Overriding);

    protected override void OnInitialized()
    {
        (_filter, _budget, _constraints) = LimitsInAddress.Parse(new Uri(Navigation.Uri));
        // What is known already stands there from the beginning, so that nothing moves when the page begins to listen.
        FindTarget();
    }

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
        FindTarget();
        StateHasChanged();
        _ = FollowDeviceTypeAsync();
    }

    private void FindTarget()
    {
        _devices = Fleet.List();
        var wanted = _target?.DeviceId ?? DeviceQuery;
        _target = !string.IsNullOrWhiteSpace(_address) ? Fleet.FindByAddress(_address.Trim())
            : wanted is not null ? _devices.FirstOrDefault(device => device.DeviceId == wanted)
            : null;
        // With one device there is nothing to choose.
        if (_target is null && string.IsNullOrWhiteSpace(_address))
            _target = _devices.FirstOrDefault(device => device.Online);
    }

    private Task FollowDeviceTypeAsync()
    {
        if (_target is not null && _deviceType != _target.DeviceType)
        {
            _deviceType = _target.DeviceType;
            return ReloadAsync();
        }

        // Another unit of the same board has measured other things.
        return _model is not null && _predictedFor != _target?.DeviceId ? SelectAsync(Reference) : Task.CompletedTask;
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
        Remember();
        if (_filter == LibraryFilter.Recommended)
            await ReloadAsync();
    }

    private async Task ChangeConstraintsAsync(ModelConstraints constraints)
    {
        _constraints = constraints;
        Remember();
        if (_filter == LibraryFilter.Recommended)
            await ReloadAsync();
    }

    private async Task ChangeFilterAsync(LibraryFilter filter)
    {
        var recommended = filter == LibraryFilter.Recommended || _filter == LibraryFilter.Recommended;
        _filter = filter;
        Remember();
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
            var (type, limits, recommended) = (_deviceType, Limits, _filter == LibraryFilter.Recommended);
            var all = await Task.Run(() => Library.AllAsync(type, _stop.Token), _stop.Token);
            var shown = recommended ? await Task.Run(() => Library.RecommendAsync(type, limits, _stop.Token), _stop.Token) : all;
            if (load != _loads)
                return;
            (_all, _shown) = (all, shown);
            var wanted = _model is null ? ModelQuery : Reference;
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

    private void ChooseVersion(ModelReference? version)
    {
        _version = version;
        Remember();
    }

    private async Task SelectAsync(string reference)
    {
        var named = ModelReference.Parse(reference);
        var name = named.Model;
        (_model, _version) = (Find(_shown, name) ?? Find(_all, name), named.NamesVersion ? named : null);
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

    // The address of the page says what it shows, so that it can be shared and reloaded.
    private void Remember() =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(new LimitsInAddress(_filter, _budget, _constraints).Write(), StringComparer.Ordinal)
            {
                ["device"] = _target?.DeviceId,
                // A model that is still looked up is in the address already.
                ["model"] = _model is not null ? Reference : _all is null ? ModelQuery : null,
            }),
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
