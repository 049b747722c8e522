using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Telemetry;
using Microsoft.AspNetCore.Components;

namespace EnergyManager.Web.Components.Monitoring;

/// <summary>A view of what the store has of a device over the range: read when device or range changes, and again now and then.</summary>
public abstract class HistoryView : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private (string? Device, string Range) _shown;
    private long _asked;

    [Inject]
    private ITelemetryHistory History { get; set; } = null!;

    /// <summary>Clock.</summary>
    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    /// <summary>The visitor's clock.</summary>
    [CascadingParameter]
    protected VisitorTime Time { get; set; } = VisitorTime.Default;

    /// <summary>The device, or <c>null</c> without any.</summary>
    [Parameter]
    public DeviceView? Device { get; set; }

    /// <summary>The range.</summary>
    [Parameter, EditorRequired]
    public TimeRange Range { get; set; } = TimeRange.Default;

    /// <summary>What the store answered, or <c>null</c> before it did.</summary>
    protected TelemetrySeries? Stored { get; private set; }

    /// <summary>Why the store did not answer, or <c>null</c>.</summary>
    protected string? Failure { get; private set; }

    /// <summary>Whether the answer is on its way and nothing is there to be shown meanwhile.</summary>
    protected bool IsLoading => Device is not null && Stored is null && Failure is null;

    /// <summary>Ends with the view.</summary>
    protected CancellationToken Stopped => _stop.Token;

    /// <summary>How far back and how fine the view reads; the store decides the step where it is <c>null</c>.</summary>
    protected virtual (TimeSpan Length, TimeSpan? Step) Period => (Range.Length, null);

    /// <summary>Told of every answer, before it is rendered.</summary>
    protected virtual Task LoadedAsync(TelemetrySeries series) => Task.CompletedTask;

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (Device?.DeviceId, Range.Key))
            return;
        _shown = (Device?.DeviceId, Range.Key);
        Stored = null;
        await LoadAsync();
    }

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = RefreshAsync();
    }

    private async Task LoadAsync()
    {
        var asked = ++_asked;
        Failure = null;
        if (Device is null)
            return;
        try
        {
            var (length, step) = Period;
            var end = Clock.GetUtcNow();
            var series = await History.QueryAsync(Device.DeviceId, end - length, end.AddMilliseconds(1), step, _stop.Token);
            if (asked != _asked)
                return;
            await LoadedAsync(series);
            Stored = series;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The view is gone.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (asked == _asked)
                Failure = exception.Message;
        }
    }

    private async Task RefreshAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), Clock);
        var last = Clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (Clock.GetElapsedTime(last) < TimeSpan.FromSeconds(Math.Clamp(Range.Length.TotalSeconds / 100, 5, 60)))
                    continue;
                last = Clock.GetTimestamp();
                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
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

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the view.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _stop.IsCancellationRequested)
            return;
        _stop.Cancel();
        _stop.Dispose();
    }
}
