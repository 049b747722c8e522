using System.Text.Json;

namespace EnergyManager.Core.ModelStore;

/// <summary>What is known of an artifact besides its bytes.</summary>
internal sealed record ArtifactMetadata
{
    public static readonly ArtifactMetadata None = new();

    public string? Source { get; init; }

    public bool RandomWeights { get; init; }
}

/// <summary>
/// Metadata in small files beside the artifacts: <c>.metadata/&lt;sha256&gt;.json</c>, for example
/// <c>{"source":"uploaded","random_weights":false}</c>.
/// </summary>
/// <remarks>
/// They are named by content and not by file name: a file that somebody replaces by hand can then never inherit the source
/// of its predecessor, writers of different contents under one name do not disturb each other, and a file that was renamed
/// keeps what is known of it. That a model's weights are random is, for ONNX, also said in the file itself, which goes
/// wherever the file is copied; this place serves the formats that cannot say it.
/// </remarks>
internal sealed class ArtifactMetadataFiles(string storeDirectory)
{
    private const int MaximumBytes = 16 * 1024;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string _directory = Path.Combine(storeDirectory, ".metadata");

    public ArtifactMetadata Read(string sha256)
    {
        try
        {
            var file = new FileInfo(PathOf(sha256));
            if (!file.Exists || file.LinkTarget is not null || file.Length > MaximumBytes)
                return ArtifactMetadata.None;
            using var stream = file.OpenRead();
            return JsonSerializer.Deserialize<ArtifactMetadata>(stream, Json) ?? ArtifactMetadata.None;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // A damaged note must not hide the artifact that it is about.
            return ArtifactMetadata.None;
        }
    }

    public void Write(string sha256, ArtifactMetadata metadata)
    {
        Directory.CreateDirectory(_directory);
        var part = Path.Combine(_directory, $"{Guid.NewGuid():N}{FileModelStore.PartExtension}");
        try
        {
            File.WriteAllBytes(part, JsonSerializer.SerializeToUtf8Bytes(metadata, Json));
            File.Move(part, PathOf(sha256), overwrite: true);
        }
        finally
        {
            File.Delete(part);
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

    private string PathOf(string sha256) => Path.Combine(_directory, sha256 + ".json");
}
