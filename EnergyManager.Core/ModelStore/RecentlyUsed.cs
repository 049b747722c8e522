namespace EnergyManager.Core.ModelStore;

/// <summary>A bounded cache by name; the least recently used goes first.</summary>
internal sealed class RecentlyUsed<T>(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Name, T Value)>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Name, T Value)> _byUse = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _byName.Count;
        }
    }

    public T? Find(string name)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue(name, out var node))
                return default;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Value;
        }
    }

    public void Set(string name, T value)
    {
        lock (_gate)
        {
            if (_byName.Remove(name, out var old))
                _byUse.Remove(old);
            _byName[name] = _byUse.AddLast((name, value));
            while (_byName.Count > Math.Max(1, capacity))
            {
                _byName.Remove(_byUse.First!.Value.Name);
                _byUse.RemoveFirst();
            }
        }
    }
}
