using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using EnergyManager.Core.Onnx.Format;

namespace EnergyManager.Core.ModelStore;

/// <summary>
/// <see cref="IModelStore"/> over one directory. Files that were put there by hand are found; links, subdirectories, empty
/// files, pipes and names that <see cref="ArtifactNames"/> refuses are not. Several processes may use one directory.
/// </summary>
public sealed class FileModelStore : IModelStore
{
    internal const string PartExtension = ".part";

    private readonly ModelStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ArtifactCache _cache;
    private readonly ArtifactMetadataFiles _metadata;
    private readonly ArtifactWriter _writer;

    /// <summary>Opens the store and makes the directory when it is missing.</summary>
    /// <param name="options">Directory and caps.</param>
    /// <param name="time">Clock for the age of abandoned files.</param>
    /// <exception cref="ModelStoreException">The directory cannot be made.</exception>
    public FileModelStore(ModelStoreOptions options, TimeProvider time)
        : this(options, time, ArtifactWriter.CreateFile)
    {
    }

    internal FileModelStore(ModelStoreOptions options, TimeProvider time, Func<string, FileStream> createFile)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _time = time;
        Directory = Path.GetFullPath(options.Directory);
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"The model store {Directory} cannot be made: {exception.Message}", exception) { Field = "model_store" };
        }

        _cache = new ArtifactCache(options.MaximumCachedHashes);
        _metadata = new ArtifactMetadataFiles(Directory);
        _writer = new ArtifactWriter(Directory, createFile);
    }

    /// <inheritdoc/>
    public string Directory { get; }

    internal int CachedHashes => _cache.Count;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ModelArtifact>> ListAsync(CancellationToken cancellationToken)
    {
        var names = Names();
        var artifacts = new List<ModelArtifact>();
        foreach (var name in names.Take(_options.MaximumListed))
        {
            if (await ReadAsync(name, cancellationToken) is { } artifact)
                artifacts.Add(artifact);
        }

        if (names.Count <= _options.MaximumListed)
            Sweep(artifacts);
        return artifacts;
    }

    /// <inheritdoc/>
    public async Task<ModelArtifact?> FindAsync(string model, CancellationToken cancellationToken)
    {
        var candidates = Names()
            .Where(name => string.Equals(Path.GetFileNameWithoutExtension(name), model, StringComparison.Ordinal))
            .OrderBy(name => ArtifactNames.Rank(Path.GetExtension(name)));
        foreach (var name in candidates)
        {
            if (await ReadAsync(name, cancellationToken) is { } artifact)
                return artifact;
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task<ModelArtifact?> FindFileAsync(string fileName, CancellationToken cancellationToken) =>
        await ReadAsync(fileName, cancellationToken);

    /// <inheritdoc/>
    public async Task<ModelArtifact> AddAsync(
        string fileName, Stream content, long maximumBytes, string? source, bool randomWeights, string? expectedSha256, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (ArtifactNames.Problem(fileName, _options.MaximumFileNameLength) is { } problem)
            throw new ModelStoreException(problem) { Field = "file_name" };
        var cap = Math.Min(maximumBytes, _options.MaximumArtifactBytes);
        await using var part = await _writer.WriteAsync(fileName, content, cap, expectedSha256, cancellationToken);
        var metadata = new ArtifactMetadata { Source = source, RandomWeights = randomWeights };
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var facts = new ArtifactFacts(part.Sha256, OnnxMetadata.SaysRandomWeights(fileName, part.Path));
            // Before the artifact: without it, a crash between the two would show random weights as if they were trained.
            _metadata.Write(part.Sha256, metadata);
            part.MoveTo(fileName);
            _cache.Set(fileName, part.Stamp, facts);
            return Artifact(fileName, part.Stamp, facts, metadata);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ArtifactWriter.Failure(fileName, exception);
        }
    }

    /// <inheritdoc/>
    public bool TryOpen(string fileName, [NotNullWhen(true)] out FileStream? stream)
    {
        stream = null;
        if (!ArtifactNames.IsValid(fileName, _options.MaximumFileNameLength))
            return false;
        var file = new FileInfo(Path.Combine(Directory, fileName));
        try
        {
            if (!IsPlainFile(file))
                return false;
            // Delete is shared: a writer may replace the artifact while it is being sent; the sender goes on with the old one.
            stream = new FileStream(
                file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
            file.Refresh();
            if (IsPlainFile(file))
                return true;
            // Swapped for a link between the look and the opening.
            stream.Dispose();
            stream = null;
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            stream = null;
            return false;
        }
    }

    private static bool IsPlainFile(FileInfo file) => file.Exists && file.LinkTarget is null && file.Length > 0;

    private List<string> Names()
    {
        try
        {
            return [.. new DirectoryInfo(Directory).EnumerateFiles()
                .Select(file => file.Name)
                .Where(name => ArtifactNames.IsValid(name, _options.MaximumFileNameLength))
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"The model store {Directory} cannot be read: {exception.Message}", exception) { Field = "model_store" };
        }
    }

    private async Task<ModelArtifact?> ReadAsync(string fileName, CancellationToken cancellationToken)
    {
        if (!TryOpen(fileName, out var stream))
            return null;
        await using (stream)
        {
            var stamp = Stamp(stream);
            var facts = _cache.Find(fileName, stamp);
            if (facts is null)
            {
                var hash = await SHA256.HashDataAsync(stream, cancellationToken);
                stream.Position = 0;
                facts = new ArtifactFacts(Convert.ToHexStringLower(hash), OnnxMetadata.SaysRandomWeights(fileName, stream));
                // A file that is being copied into place while it is read has a hash of no lasting content.
                if (Stamp(stream) == stamp)
                    _cache.Set(fileName, stamp, facts);
            }

            return Artifact(fileName, stamp, facts, _metadata.Read(facts.Sha256));
        }
    }

    private void Sweep(List<ModelArtifact> artifacts)
    {
        var olderThan = (_time.GetUtcNow() - _options.AbandonedAfter).UtcDateTime;
        try
        {
            _metadata.Sweep(artifacts.Select(artifact => artifact.Sha256).ToHashSet(StringComparer.Ordinal), olderThan);
            foreach (var file in new DirectoryInfo(Directory).EnumerateFiles(".*" + PartExtension))
            {
                if (file.LastWriteTimeUtc < olderThan)
                    file.Delete();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A directory that may only be read still lists; what is left over is removed by a process that may.
            return;
        }
    }

    private static FileStamp Stamp(FileStream stream) => new(stream.Length, File.GetLastWriteTimeUtc(stream.SafeFileHandle));

    private static ModelArtifact Artifact(string fileName, FileStamp stamp, ArtifactFacts facts, ArtifactMetadata metadata) => new()
    {
        Model = Path.GetFileNameWithoutExtension(fileName),
        FileName = fileName,
        Format = Path.GetExtension(fileName).ToLowerInvariant(),
        SizeBytes = stamp.Length,
        Sha256 = facts.Sha256,
        ModifiedAt = new DateTimeOffset(stamp.LastWriteUtc, TimeSpan.Zero),
        RandomWeights = facts.RandomWeights || metadata.RandomWeights,
        Source = metadata.Source,
    };
}
