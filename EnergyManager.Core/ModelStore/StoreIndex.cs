using System.Text.Json;

namespace EnergyManager.Core.ModelStore;

/// <summary>A version in the index of a name.</summary>
internal sealed record IndexedVersion(int Number, string Sha256, long SizeBytes, DateTimeOffset AddedAt, string? Source, bool RandomWeights, string? Licence = null);

/// <summary>What the visible file held when it was last looked at.</summary>
internal sealed record SeenFile(long Length, DateTime ModifiedUtc, string Sha256)
{
    public bool Is(FileStamp stamp) => Length == stamp.Length && ModifiedUtc == stamp.LastWriteUtc;
}

/// <summary>The versions of one file name, oldest first, and the content of its visible file.</summary>
internal sealed record NameIndex(string FileName, SeenFile? Seen, IReadOnlyList<IndexedVersion> Versions)
{
    public IndexedVersion? Newest => Versions.Count > 0 ? Versions[^1] : null;

    /// <summary>The newest version with a content.</summary>
    public IndexedVersion? Of(string sha256) => Versions.LastOrDefault(version => version.Sha256 == sha256);

    /// <summary>With a version of this content as the newest. The same content again is the same version, said anew.</summary>
    public NameIndex With(string sha256, FileStamp stamp, DateTimeOffset now, ArtifactMetadata metadata)
    {
        var seen = new SeenFile(stamp.Length, stamp.LastWriteUtc, sha256);
        if (Newest is { } newest && newest.Sha256 == sha256)
            return this with { Seen = seen, Versions = [.. Versions.SkipLast(1), newest with { Source = metadata.Source, RandomWeights = metadata.RandomWeights, Licence = metadata.Licence }] };
        var version = new IndexedVersion((Newest?.Number ?? 0) + 1, sha256, stamp.Length, now, metadata.Source, metadata.RandomWeights, metadata.Licence);
        return this with { Seen = seen, Versions = [.. Versions, version] };
    }
}

/// <summary>
/// One small file per name, <c>.index/&lt;file name&gt;.json</c>, replaced as a whole:
/// <c>{"file_name":"net.onnx","seen":{"length":5,...},"versions":[{"number":1,"sha256":"...","size_bytes":5,...}]}</c>.
/// </summary>
/// <remarks>
/// It is written last and can be lost: what the visible files hold is found by reading them, and the earlier versions are
/// found by the notes about the contents that are still there.
/// </remarks>
internal sealed class StoreIndex(string storeDirectory, ArtifactMetadataFiles notes, ObjectFiles objects, int maximumCached)
{
    private const int MaximumBytes = 4 * 1024 * 1024;
    private const string Extension = ".json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string _directory = Path.Combine(storeDirectory, ".index");
    private readonly RecentlyUsed<(FileStamp Stamp, NameIndex Index)> _cache = new(maximumCached);

    public int Cached => _cache.Count;

    public string LockFile => Path.Combine(_directory, ".lock");

    /// <summary>What is known of a name; without versions when nothing is.</summary>
    public NameIndex Read(string fileName)
    {
        var path = PathOf(fileName);
        if (FileStamp.Of(path) is not { } stamp)
            return Rebuild(fileName);
        if (_cache.Find(fileName) is { Index: not null } known && known.Stamp == stamp)
            return known.Index;
        if (TryParse(path, stamp) is not { } index || index.FileName != fileName)
            return Rebuild(fileName);
        _cache.Set(fileName, (stamp, index));
        return index;
    }

    /// <summary>Replaces what is known of a name. Only under the lock of the store.</summary>
    public void Write(NameIndex index)
    {
        Directory.CreateDirectory(_directory);
        var path = PathOf(index.FileName);
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(index, Json));
        if (FileStamp.Of(path) is { } stamp)
            _cache.Set(index.FileName, (stamp, index));
    }

    /// <summary>Forgets a name. Only under the lock of the store.</summary>
    public void Delete(string fileName) => File.Delete(PathOf(fileName));

    /// <summary>The names that have been in the store, those included whose file somebody deleted.</summary>
    public IReadOnlyList<string> Names()
    {
        var indexed = Directory.Exists(_directory)
            ? new DirectoryInfo(_directory).EnumerateFiles("*" + Extension).Select(file => file.Name[..^Extension.Length]).Where(name => ArtifactNames.IsValid(name, int.MaxValue))
            : [];
        return [.. indexed.Union(notes.All().SelectMany(note => note.Metadata.Names).Select(name => name.FileName)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Removes what writes that never ended have left, once it is old enough.</summary>
    public void Sweep(DateTime olderThanUtc)
    {
        if (!Directory.Exists(_directory))
            return;
        foreach (var file in new DirectoryInfo(_directory).EnumerateFiles("*.tmp").Where(file => file.LastWriteTimeUtc < olderThanUtc))
            file.Delete();
    }

    /// <summary>The versions that the notes tell of and whose content is still there; a number that two claim goes to the older.</summary>
    private NameIndex Rebuild(string fileName)
    {
        var versions = new List<IndexedVersion>();
        var claims = notes.All()
            .Where(note => objects.Size(note.Sha256) is not null)
            .SelectMany(note => note.Metadata.Names.Where(name => name.FileName == fileName).Select(name => (note.Sha256, note.Metadata, Name: name)))
            .OrderBy(claim => claim.Name.AddedAt);
        foreach (var (sha256, metadata, name) in claims)
        {
            var number = Math.Max(name.Number, versions.Count == 0 ? 1 : versions[^1].Number + 1);
            versions.Add(new IndexedVersion(number, sha256, objects.Size(sha256)!.Value, name.AddedAt, metadata.Source, metadata.RandomWeights, metadata.Licence));
        }

        return new NameIndex(fileName, null, versions);
    }

    private static NameIndex? TryParse(string path, FileStamp stamp)
    {
        if (stamp.Length > MaximumBytes)
            return null;
        try
        {
            var index = JsonSerializer.Deserialize<NameIndex>(File.ReadAllBytes(path), Json);
            return index is { FileName: not null, Versions: not null } && index.Versions.All(version => ObjectFiles.IsHash(version.Sha256)) ? index : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private string PathOf(string fileName) => Path.Combine(_directory, fileName + Extension);
}
