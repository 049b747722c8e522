using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Components.Panels;

/// <summary>Watches one device at a time for a component. Starting again or disposing ends the watch before.</summary>
/// <param name="feed">The feed.</param>
/// <param name="dispatch">Runs on the component's own dispatcher (<c>InvokeAsync</c>).</param>
/// <param name="failed">Takes what ended the watch against its will (<c>DispatchExceptionAsync</c>): a page that stands still must say so.</param>
public sealed class LiveWatcher(ILiveFeed feed, Func<Func<Task>, Task> dispatch, Func<Exception, Task> failed) : IDisposable
{
    private CancellationTokenSource? _stop;

    /// <summary>Starts watching and returns what was there already, oldest first.</summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="window">How far back to begin.</param>
    /// <param name="arrived">Takes new samples, on the component's dispatcher.</param>
    public IReadOnlyList<TelemetrySample> Start(string deviceId, TimeSpan window, Func<IReadOnlyList<TelemetrySample>, Task> arrived)
    {
        ArgumentNullException.ThrowIfNull(arrived);
        Stop();
        var stop = new CancellationTokenSource();
        _stop = stop;
        var subscription = feed.Subscribe(deviceId, window);
        _ = PumpAsync(subscription, arrived, stop);
        return subscription.Snapshot;
    }

    /// <summary>Ends the watch.</summary>
    public void Stop()
    {
        _stop?.Cancel();
        _stop = null;
    }

    private async Task PumpAsync(ILiveSubscription subscription, Func<IReadOnlyList<TelemetrySample>, Task> arrived, CancellationTokenSource stop)
    {
        var token = stop.Token;
        try
        {
            await foreach (var samples in subscription.ReadAllAsync(token))
            {
                await dispatch(() => token.IsCancellationRequested ? Task.CompletedTask : arrived(samples));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped: the page shows another device or is gone.
        }
        catch (ObjectDisposedException)
        {
            // The component went away between two batches.
        }
        catch (Exception exception)
        {
            await failed(exception);
        }
        finally
        {
            subscription.Dispose();
            stop.Dispose();
        }
    }

    public void Dispose() => Stop();
}
