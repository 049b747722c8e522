using EnergyManager.Web.Balena;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Fleet;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace EnergyManager.Web.Components.Panels;

/// <summary>Devices of the Balena account: find one, make it the target, enrol it, restart or reboot it.</summary>
public sealed partial class BalenaPane
{
    private const int Step = 50;
    private const string RequestedBy = "dashboard";

    private readonly CancellationTokenSource _stop = new();
    private BalenaMatcher _matcher = new([]);
    private IReadOnlyList<BalenaFleet>? _fleets;
    private IReadOnlyList<BalenaDevice>? _devices;
    private string? _fleetNotice;
    private string? _notice;
    private string? _error;
    private string _slug = "";
    private bool _onlineOnly;
    private bool _busy;
    private int _shown = Step;

    // The device whose connection was asked for, and the one that was restarted or rebooted last.
    private string? _asked;
    private string? _actedOn;
    private string? _outcome;
    private bool _refused;
    private bool _acting;

    /// <summary>Devices that this server knows, or <c>null</c> while they are looked up.</summary>
    [Parameter]
    public IReadOnlyList<DeviceView>? Devices { get; set; }

    /// <summary>The target.</summary>
    [Parameter]
    public string? DeviceId { get; set; }

    [Parameter]
    public EventCallback<string?> DeviceIdChanged { get; set; }

    protected override Task OnInitializedAsync() => Balena.IsConfigured ? RefreshAsync() : Task.CompletedTask;

    protected override void OnParametersSet() => _matcher = new BalenaMatcher(Devices ?? []);

    private Task ChooseFleetAsync(ChangeEventArgs change)
    {
        _slug = change.Value as string ?? "";
        return RefreshAsync();
    }

    private async Task RefreshAsync()
    {
        _busy = true;
        _error = _notice = null;
        _shown = Step;
        try
        {
            if (_fleets is null)
            {
                var fleets = await Balena.ListFleetsAsync(_stop.Token);
                (_fleets, _fleetNotice) = (fleets.Fleets, fleets.Notice);
            }

            var list = await Balena.ListDevicesAsync(_slug.Length == 0 ? null : _slug, _onlineOnly, _stop.Token);
            _devices = list.Devices;
            _notice = string.Join(' ', new[] { _fleetNotice, list.Notice }.OfType<string>()) is { Length: > 0 } notice ? notice : null;
        }
        catch (BalenaException exception)
        {
            _error = exception.RetryAfter is { } wait ? $"{exception.Message} ({Figures.WithUnit(wait.TotalSeconds, "s")})" : exception.Message;
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

    private async Task ConnectAsync(BalenaDevice device)
    {
        _asked = device.Uuid;
        if (_matcher.Match(device).Device is { } agent)
            await DeviceIdChanged.InvokeAsync(agent.DeviceId);
    }

    private Task EnrolAsync(BalenaDevice device) => ShowEnrolmentAsync(device.DeviceName, device.Uuid, slug: null);

    private Task EnrolFleetAsync() => ShowEnrolmentAsync(_slug, uuid: null, _slug);

    private Task ShowEnrolmentAsync(string name, string? uuid, string? slug) => Dialogs.ShowAsync<BalenaEnrolDialog>(
        null,
        new DialogParameters<BalenaEnrolDialog> { { d => d.Name, name }, { d => d.Uuid, uuid }, { d => d.Slug, slug } },
        new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true });

    private Task RestartAsync(BalenaDevice device) =>
        ActAsync(device, "Restart", () => Actions.RestartAsync(device.Uuid, RequestedBy, _stop.Token));

    private Task RebootAsync(BalenaDevice device) =>
        ActAsync(device, "Reboot", () => Actions.RebootAsync(device.Uuid, force: false, RequestedBy, _stop.Token));

    private async Task ActAsync(BalenaDevice device, string action, Func<Task<string>> act)
    {
        var sure = await Dialogs.ShowMessageBoxAsync(
            L[$"Balena_{action}_Title", device.DeviceName], L[$"Balena_{action}_Body"].Value, yesText: L[$"Balena_{action}"], cancelText: L["Cancel"]);
        if (sure != true)
            return;
        (_actedOn, _outcome, _acting) = (device.Uuid, null, true);
        try
        {
            await act();
            (_outcome, _refused) = (L[$"Balena_{action}_Done"], false);
        }
        catch (BalenaException exception)
        {
            (_outcome, _refused) = (exception.Message, true);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The page is gone.
        }
        finally
        {
            _acting = false;
        }
    }

    private string MatchText(BalenaDevice device, BalenaMatch match) => match.Kind switch
    {
        BalenaMatchKind.Connected when match.Address is null => L["Balena_Match_Connected", match.Device!.Name],
        BalenaMatchKind.Connected => L["Balena_Match_Address", match.Device!.Name, match.Address],
        BalenaMatchKind.Offline => L["Balena_Match_Offline", match.Device!.Name],
        BalenaMatchKind.NeverSeen => L["Balena_Match_NeverSeen", match.Device!.Name],
        BalenaMatchKind.Ambiguous => L["Balena_Match_Ambiguous", string.Join(", ", device.IpAddresses)],
        _ when device.IpAddresses.Count == 0 => L["Balena_Match_None_NoAddress"],
        _ => L["Balena_Match_None", string.Join(", ", device.IpAddresses)],
    };

    private string Heartbeat(string state) => L[$"Balena_Heartbeat_{state}"] is { ResourceNotFound: false } word ? word : state;

    // What the device told; nothing for what it did not.
    private string Metrics(BalenaDevice device)
    {
        List<string> parts = [];
        if (device.CpuUsage is { } cpu)
            parts.Add(L["Balena_Cpu", Figures.Percent(cpu)]);
        if (device.CpuTemp is { } temperature)
            parts.Add(Figures.Celsius(temperature));
        if (device is { MemoryUsage: { } memory, MemoryTotal: { } memoryTotal })
            parts.Add(L["Balena_Memory", Figures.Number(memory), Figures.Megabytes(memoryTotal)]);
        if (device is { StorageUsage: { } storage, StorageTotal: { } storageTotal })
            parts.Add(L["Balena_Disk", Figures.Gigabytes(storage / 1000), Figures.Gigabytes(storageTotal / 1000)]);
        return string.Join(" · ", parts);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
