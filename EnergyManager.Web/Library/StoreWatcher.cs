using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library;

/// <summary>
/// Notices files that come and go in the store, whoever put them there. A burst of events, as a copy makes, is one change.
/// </summary>
internal sealed partial class StoreWatcher : IDisposable
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    // A file that is written by hand is a version only after it has been quiet, without another event to say so.
    private static readonly TimeSpan Quiet = new ModelStoreOptions { Directory = "" }.QuietFor + Settle;

    private readonly FileSystemWatcher? _watcher;
    private readonly ITimer _timer;
    private readonly ITimer _quietTimer;
    private readonly ILogger _log;
    private readonly Subscribers<StoreWatcher> _subscribers;

    public StoreWatcher(IModelStore store, TimeProvider time, ILogger<StoreWatcher> log)
    {
        _log = log;
        _subscribers = new Subscribers<StoreWatcher>(log);
        _timer = time.CreateTimer(_ => Notify(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _quietTimer = time.CreateTimer(_ => Notify(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            _watcher = new FileSystemWatcher(store.Directory)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            _watcher.Created += OnChange;
            _watcher.Changed += OnChange;
            _watcher.Deleted += OnChange;
            _watcher.Renamed += OnChange;
            _watcher.Error += (_, _) => Notify();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // Out of watches, for example. Changes by this server are still noticed, others when the listing gets old.
            LogBlind(exception.Message);
        }
    }

    public IDisposable Subscribe(Action changed) => _subscribers.Add(_ => changed());

    /// <summary>Says at once that the store has changed.</summary>
    public void Notify() => _subscribers.Notify(this);

    public void Dispose()
    {
        _watcher?.Dispose();
        _timer.Dispose();
        _quietTimer.Dispose();
    }

    private void OnChange(object sender, FileSystemEventArgs change)
    {
        // Parts of writes under way are no models yet.
        if (Path.GetFileName(change.Name)?.StartsWith('.') == true && change is not RenamedEventArgs)
            return;
        _timer.Change(Settle, Timeout.InfiniteTimeSpan);
        _quietTimer.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(LogLevel.Warning, "The model store cannot be watched ({Reason}): files that others put there show up late")]
    private partial void LogBlind(string reason);
}
