using System.Text.Json;

namespace EnergyManager.Core.ModelStore;

/// <summary>What was said of an artifact when it came, and under which names it has been.</summary>
internal sealed record ArtifactMetadata
{
    public static readonly ArtifactMetadata None = new();

    private const int MaximumNames = 64;

    public string? Source { get; init; }

    public string? Licence { get; init; }

    public bool RandomWeights { get; init; }

    /// <summary>Names and version numbers of this content: what an index that was lost is made of again.</summary>
    public IReadOnlyList<VersionName> Names { get; init; } = [];

    public ArtifactMetadata Named(string fileName, int number, DateTimeOffset addedAt) =>
        Names.Any(name => name.FileName == fileName && name.Number == number)
            ? this
            : this with { Names = [.. Names.TakeLast(MaximumNames - 1), new VersionName(fileName, number, addedAt)] };

    public ArtifactMetadata Unnamed(string fileName) => this with { Names = [.. Names.Where(name => name.FileName != fileName)] };
}

/// <summary>A version of a name.</summary>
internal sealed record VersionName(string FileName, int Number, DateTimeOffset AddedAt);

/// <summary>
/// Metadata in small files beside the artifacts: <c>.metadata/&lt;sha256&gt;.json</c>, for example
/// <c>{"source":"uploaded","licence":null,"random_weights":false,"names":[{"file_name":"net.onnx","number":2,"added_at":"..."}]}</c>.
/// </summary>
/// <remarks>
/// They are named by content and not by file name: a file that somebody replaces by hand can then never inherit the source
/// of its predecessor, writers of different contents under one name do not disturb each other, and a file that was renamed
/// keeps what is known of it. That a model's weights are random is, for ONNX, also said in the file itself, which goes
/// wherever the file is copied; this place serves the formats that cannot say it.
/// </remarks>
internal sealed class ArtifactMetadataFiles(string storeDirectory, TimeProvider time)
{
    private const int MaximumBytes = 64 * 1024;
    private const string Extension = ".json";

    // Reading all notes is for an index that was lost; a burst of new names shall not read them again for each.
    private static readonly TimeSpan RememberAll = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string _directory = Path.Combine(storeDirectory, ".metadata");
    private readonly Lock _gate = new();
    private (long At, Dictionary<string, ArtifactMetadata> Notes)? _all;

    public ArtifactMetadata Read(string sha256) => Read(new FileInfo(PathOf(sha256)));

    /// <summary>Replaces a note. Only under the lock of the store.</summary>
    public void Write(string sha256, ArtifactMetadata metadata)
    {
        Directory.CreateDirectory(_directory);
        AtomicFile.Write(PathOf(sha256), JsonSerializer.SerializeToUtf8Bytes(metadata, Json));
        lock (_gate)
            _all?.Notes[sha256] = metadata;
    }

    /// <summary>All notes, as they are or were some seconds ago.</summary>
    public IReadOnlyList<(string Sha256, ArtifactMetadata Metadata)> All()
    {
        lock (_gate)
        {
            if (_all is not { } known || time.GetElapsedTime(known.At) > RememberAll)
                _all = known = (time.GetTimestamp(), ReadAll());
            return [.. known.Notes.Select(note => (note.Key, note.Value))];
        }
    }

    /// <summary>Removes notes about contents that are gone, and the remains of writes, once they are old enough.</summary>
    public void Sweep(IReadOnlySet<string> knownHashes, DateTime olderThanUtc)
    {
        if (!Directory.Exists(_directory))
            return;
        foreach (var file in new DirectoryInfo(_directory).EnumerateFiles())
        {
            if (!knownHashes.Contains(Path.GetFileNameWithoutExtension(file.Name)) && file.LastWriteTimeUtc < olderThanUtc)
                file.Delete();
        }
    }

    private Dictionary<string, ArtifactMetadata> ReadAll() => !Directory.Exists(_directory) ? [] : new DirectoryInfo(_directory)
        .EnumerateFiles("*" + Extension)
        .Select(file => (Sha256: file.Name[..^Extension.Length], File: file))
        .Where(note => ObjectFiles.IsHash(note.Sha256))
        .ToDictionary(note => note.Sha256, note => Read(note.File), StringComparer.Ordinal);

    private static ArtifactMetadata Read(FileInfo file)
    {
        try
        {
            if (!file.Exists || file.LinkTarget is not null || file.Length > MaximumBytes)
                return ArtifactMetadata.None;
            using var stream = file.OpenRead();
            var metadata = JsonSerializer.Deserialize<ArtifactMetadata>(stream, Json);
            return metadata?.Names is null ? ArtifactMetadata.None : metadata;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // A damaged note must not hide the artifact that it is about.
            return ArtifactMetadata.None;
        }
    }

    private string PathOf(string sha256) => Path.Combine(_directory, sha256 + Extension);
}
