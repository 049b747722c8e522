namespace EnergyManager.Web;

/// <summary>Whoever wants to hear of a change. A subscriber that throws is logged and does not keep the others from hearing.</summary>
internal sealed class Subscribers<T>(ILogger logger)
{
    private readonly Lock _gate = new();
    private Action<T>[] _callbacks = [];

    public IDisposable Add(Action<T> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        // A wrapper of its own for each subscription: the same delegate may subscribe twice and leave once.
        Action<T> entry = value => callback(value);
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
