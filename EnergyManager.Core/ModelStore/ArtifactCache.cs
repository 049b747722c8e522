namespace EnergyManager.Core.ModelStore;

/// <summary>What had to be read out of a file, kept for as long as its size and modification time stay the same.</summary>
/// <param name="Sha256">Hash in lower-case hex.</param>
/// <param name="RandomWeights">Whether the file itself says that its weights are random.</param>
internal sealed record ArtifactFacts(string Sha256, bool RandomWeights);

/// <summary>Size and modification time of a file: when both are the same, so is the content.</summary>
internal readonly record struct FileStamp(long Length, DateTime LastWriteUtc);

/// <summary>Bounded cache of <see cref="ArtifactFacts"/> by file name; the least recently used goes first.</summary>
internal sealed class ArtifactCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Name, FileStamp Stamp, ArtifactFacts Facts)>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Name, FileStamp Stamp, ArtifactFacts Facts)> _byUse = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _byName.Count;
        }
    }

    public ArtifactFacts? Find(string name, FileStamp stamp)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue(name, out var node) || node.Value.Stamp != stamp)
                return null;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Facts;
        }
    }

    public void Set(string name, FileStamp stamp, ArtifactFacts facts)
    {
        lock (_gate)
        {
            if (_byName.Remove(name, out var old))
                _byUse.Remove(old);
            _byName[name] = _byUse.AddLast((name, stamp, facts));
            while (_byName.Count > Math.Max(1, capacity))
            {
                _byName.Remove(_byUse.First!.Value.Name);
                _byUse.RemoveFirst();
            }
        }
    }
}
