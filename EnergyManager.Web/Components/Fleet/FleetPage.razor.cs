using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace EnergyManager.Web.Components.Fleet;

/// <summary>All devices at a glance: what they do, what it costs, what is wrong; and what can be done to several at once.</summary>
public sealed partial class FleetPage
{
    // Rows that jump under the pointer cannot be pressed: what changes by itself reorders them seldom.
    private static readonly TimeSpan ReorderInterval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _selected = new(StringComparer.Ordinal);
    private IDisposable? _subscription;
    private IReadOnlyList<FleetRow>? _rows;
    private IReadOnlyList<FleetRow> _shown = [];
    private List<FleetRow> _virtual = [];
    private FleetQuery _query = new();
    private string? _anchor;
    private string? _error;
    private long _ordered;

    [Inject]
    private IFleetOverview Overview { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    private bool AllSelected => _shown.Count > 0 && _shown.All(row => _selected.Contains(row.DeviceId));

    protected override Task OnInitializedAsync() => LoadAsync();

    // The address leads: Back comes back.
    protected override void OnParametersSet()
    {
        var asked = FleetQuery.Parse(new Uri(Navigation.Uri));
        if (asked == _query)
            return;
        _query = asked;
        Show(reorder: true);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _subscription = Overview.Subscribe(rows => _ = InvokeAsync(() => Take(rows)));
    }

    private async Task LoadAsync()
    {
        _error = null;
        try
        {
            _query = FleetQuery.Parse(new Uri(Navigation.Uri));
            _rows = await Overview.ReadAsync(_stop.Token);
            Show(reorder: true);
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

    private void Take(IReadOnlyList<FleetRow> rows)
    {
        if (_stop.IsCancellationRequested)
            return;
        _error = null;
        _rows = rows;
        _selected.IntersectWith(rows.Select(row => row.DeviceId));
        Show(reorder: Clock.GetElapsedTime(_ordered) >= ReorderInterval);
        StateHasChanged();
    }

    private void Show(bool reorder)
    {
        if (_rows is null)
            return;
        if (reorder)
        {
            _shown = _query.Apply(_rows);
            _ordered = Clock.GetTimestamp();
        }
        else
        {
            // Each where it stands; what is new comes last.
            var wanted = _query.Find(_rows).ToDictionary(row => row.DeviceId, StringComparer.Ordinal);
            var kept = new List<FleetRow>(wanted.Count);
            foreach (var row in _shown)
            {
                if (wanted.Remove(row.DeviceId, out var now))
                    kept.Add(now);
            }

            _shown = [.. kept, .. wanted.Values];
        }

        _virtual = [.. _shown];
    }

    private void Ask(FleetQuery query) => Ask(query, replace: false);

    private void Ask(FleetQuery query, bool replace)
    {
        if (query == _query)
            return;
        _query = query;
        Show(reorder: true);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(query.Write()), replace: replace);
    }

    private void SelectAll(ChangeEventArgs change)
    {
        if (change.Value is true)
            _selected.UnionWith(_shown.Select(row => row.DeviceId));
        else
            _selected.ExceptWith(_shown.Select(row => row.DeviceId));
    }

    // With the shift key everything between the last choice and this one follows.
    private void Toggle((string DeviceId, bool Range) press)
    {
        var chosen = !_selected.Contains(press.DeviceId);
        var from = press.Range && _anchor is not null ? IndexOf(_anchor) : -1;
        var to = IndexOf(press.DeviceId);
        var range = from >= 0 && to >= 0 ? _shown.Skip(Math.Min(from, to)).Take(Math.Abs(from - to) + 1).Select(row => row.DeviceId) : [press.DeviceId];
        if (chosen)
            _selected.UnionWith(range);
        else
            _selected.ExceptWith(range);
        _anchor = press.DeviceId;
        StateHasChanged();
    }

    private int IndexOf(string deviceId)
    {
        for (var i = 0; i < _shown.Count; i++)
        {
            if (_shown[i].DeviceId == deviceId)
                return i;
        }

        return -1;
    }

    private void ClearSelection() => _selected.Clear();

    private List<FleetRow> Selection() => [.. (_rows ?? []).Where(row => _selected.Contains(row.DeviceId))];

    private Task DeployAsync() => Dialogs.ShowAsync<FleetDeployDialog>(null, new DialogParameters<FleetDeployDialog> { { dialog => dialog.Devices, Selection() } });

    private Task RollBackAsync() => Dialogs.ShowAsync<FleetRollbackDialog>(null, new DialogParameters<FleetRollbackDialog> { { dialog => dialog.Devices, Selection() } });

    public void Dispose()
    {
        _subscription?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }
}
