namespace EnergyManager.Web;

/// <summary>Whoever wants to hear of a change. A subscriber that throws is logged and does not keep the others from hearing.</summary>
internal sealed class Subscribers<T>(ILogger logger)
{
    private readonly Lock _gate = new();
    private Action<T>[] _callbacks = [];

    public IDisposable Add(Action<T> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        // In the context of whoever subscribes: a page that is told of a change renders in the visitor's language, not in that of the
        // thread that made the change. And a wrapper of its own each: the same delegate may subscribe twice and leave once.
        var context = ExecutionContext.Capture();
        Action<T> entry = value => Run(context, () => callback(value));
        lock (_gate)
            _callbacks = [.. _callbacks, entry];
        return new Subscription(this, entry);
    }

    public void Notify(T value)
    {
        foreach (var callback in Volatile.Read(ref _callbacks))
        {
            try
            {
                callback(value);
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "A subscriber failed");
            }
        }
    }

    private static void Run(ExecutionContext? context, Action action)
    {
        if (context is null)
            action();
        else
            ExecutionContext.Run(context, static state => ((Action)state!)(), action);
    }

    private void Remove(Action<T> entry)
    {
        lock (_gate)
            _callbacks = [.. _callbacks.Where(callback => !ReferenceEquals(callback, entry))];
    }

    private sealed class Subscription(Subscribers<T> owner, Action<T> entry) : IDisposable
    {
        public void Dispose() => owner.Remove(entry);
    }
}
