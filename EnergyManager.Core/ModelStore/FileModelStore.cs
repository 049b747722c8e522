using System.Diagnostics.CodeAnalysis;

namespace EnergyManager.Core.ModelStore;

/// <summary>
/// <see cref="IModelStore"/> over one directory. Files that were put there by hand are found; links, subdirectories, empty
/// files, pipes and names that <see cref="ArtifactNames"/> refuses are not. Several processes may use one directory.
/// </summary>
/// <remarks>
/// A visible file is the newest version of its name, whoever wrote it. Its content is kept a second time by hash, on the same
/// disk blocks where the file system can clone them, so that replacing or editing the visible file loses nothing. Every step
/// of a write is one rename of something that is finished; the index comes last and is made again from the rest.
/// </remarks>
public sealed partial class FileModelStore : IModelStore
{
    internal const string PartExtension = ".part";

    private const int MaximumAttempts = 3;

    private readonly ModelStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ArtifactMetadataFiles _notes;
    private readonly ObjectFiles _objects;
    private readonly StoreIndex _index;
    private readonly ArtifactWriter _writer;
    private readonly StoreCollector _collector;
    private readonly Action<StoreStep> _reached;

    // Files of a directory that may only be read, by name.
    private readonly RecentlyUsed<(FileStamp Stamp, ModelArtifact? Artifact)> _unrecorded;

    /// <summary>Opens the store and makes the directory when it is missing.</summary>
    /// <param name="options">Directory and caps.</param>
    /// <param name="time">Clock for the age of versions and of abandoned files.</param>
    /// <exception cref="ModelStoreException">The directory cannot be made.</exception>
    public FileModelStore(ModelStoreOptions options, TimeProvider time)
        : this(options, time, ArtifactWriter.CreateFile)
    {
    }

    internal FileModelStore(ModelStoreOptions options, TimeProvider time, Func<string, FileStream> createFile, Action<StoreStep>? reached = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _time = time;
        _reached = reached ?? (_ => { });
        Directory = Path.GetFullPath(options.Directory);
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"The model store {Directory} cannot be made: {exception.Message}", exception) { Field = "model_store" };
        }

        _notes = new ArtifactMetadataFiles(Directory, time);
        _objects = new ObjectFiles(Directory);
        _index = new StoreIndex(Directory, _notes, _objects, options.MaximumCachedHashes);
        _writer = new ArtifactWriter(Directory, createFile);
        _unrecorded = new RecentlyUsed<(FileStamp, ModelArtifact?)>(options.MaximumCachedHashes);
        _collector = new StoreCollector(Directory, _index, _objects, _notes, time, options.AbandonedAfter);
    }

    /// <inheritdoc/>
    public string Directory { get; }

    internal int CachedHashes => _index.Cached;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ModelArtifact>> ListAsync(CancellationToken cancellationToken)
    {
        var names = Names();
        var artifacts = new List<ModelArtifact>();
        foreach (var name in names.Take(_options.MaximumListed))
        {
            if (await ReadAsync(name, waits: false, cancellationToken) is { } artifact)
                artifacts.Add(artifact);
        }

        SweepParts();
        return artifacts;
    }

    /// <inheritdoc/>
    public async Task<ModelArtifact?> FindAsync(string model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (var name in ByFormat(Names().Where(name => Path.GetFileNameWithoutExtension(name) == model)))
        {
            if (await ReadAsync(name, waits: true, cancellationToken) is { } artifact)
                return artifact;
        }

        var reference = ModelReference.Parse(model);
        if (!reference.NamesVersion)
            return null;
        foreach (var name in await FileNamesAsync(reference.Model, cancellationToken))
        {
            await ReadAsync(name, waits: true, cancellationToken);
            if (_index.Read(name).Versions.LastOrDefault(version => reference.Means(version) && _objects.Has(version.Sha256, version.SizeBytes)) is { } version)
                return Artifact(name, version);
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task<ModelArtifact?> FindFileAsync(string fileName, CancellationToken cancellationToken) =>
        await ReadAsync(fileName, waits: true, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredVersion>> VersionsAsync(string fileName, CancellationToken cancellationToken)
    {
        if (!IsName(fileName))
            return [];
        var newest = await ReadAsync(fileName, waits: true, cancellationToken);
        var versions = _index.Read(fileName).Versions;
        if (versions.Count == 0)
            return newest is null ? [] : [new StoredVersion(newest, true, ContentState.Whole)];
        return
        [
            .. versions.Reverse().Select(version =>
            {
                var isNewest = newest is not null && version.Number == newest.Version;
                // The visible file can stand in for a content that is not kept a second time.
                return new StoredVersion(Artifact(fileName, version), isNewest, isNewest ? ContentState.Whole : _objects.State(version.Sha256, version.SizeBytes));
            }),
        ];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FileNamesAsync(string model, CancellationToken cancellationToken)
    {
        var names = Names().Union(_index.Names().Where(name => _index.Read(name).Versions.Count > 0)).Where(name => StoreCollector.IsNamed(name, model));
        return Task.FromResult<IReadOnlyList<string>>([.. ByFormat(names)]);
    }

    /// <inheritdoc/>
    public async Task<FileStream?> OpenContentAsync(string sha256, CancellationToken cancellationToken)
    {
        if (!ObjectFiles.IsHash(sha256))
            return null;
        if (await _objects.OpenAsync(sha256, cancellationToken) is { } stream)
            return stream;
        // A visible file may have what is damaged or could not be kept.
        foreach (var name in Names())
        {
            if (_index.Read(name).Seen is not { } seen || seen.Sha256 != sha256 || FileStamp.Of(PathOf(name)) is not { } stamp || !seen.Is(stamp))
                continue;
            await TakeInAsync(name, stamp, cancellationToken);
            if (await _objects.OpenAsync(sha256, cancellationToken) is { } mended)
                return mended;
            if (TryOpen(name, out var visible))
            {
                if (seen.Is(FileStamp.Of(visible)))
                    return visible;
                await visible.DisposeAsync();
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool TryOpen(string fileName, [NotNullWhen(true)] out FileStream? stream)
    {
        stream = null;
        if (!IsName(fileName) || FileStamp.Of(PathOf(fileName)) is null)
            return false;
        try
        {
            // Delete is shared: a writer may replace the file while it is being sent; the sender goes on with the old one.
            stream = ObjectFiles.OpenShared(PathOf(fileName));
            if (FileStamp.Of(PathOf(fileName)) is not null)
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

    private static IEnumerable<string> ByFormat(IEnumerable<string> names) =>
        names.OrderBy(name => ArtifactNames.Rank(Path.GetExtension(name))).ThenBy(name => name, StringComparer.Ordinal);

    private bool IsName(string? fileName) => ArtifactNames.IsValid(fileName, _options.MaximumFileNameLength);

    private string PathOf(string fileName) => Path.Combine(Directory, fileName);

    private List<string> Names()
    {
        try
        {
            return [.. new DirectoryInfo(Directory).EnumerateFiles().Select(file => file.Name).Where(IsName).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"The model store {Directory} cannot be read: {exception.Message}", exception) { Field = "model_store" };
        }
    }

    /// <summary>The newest version of a name: the visible file, or while that is being written, the version before it.</summary>
    private async Task<ModelArtifact?> ReadAsync(string fileName, bool waits, CancellationToken cancellationToken)
    {
        if (!IsName(fileName))
            return null;
        var started = _time.GetTimestamp();
        var attempts = 0;
        while (FileStamp.Of(PathOf(fileName)) is { } stamp && attempts < MaximumAttempts)
        {
            var known = _index.Read(fileName);
            if (known.Seen is { } seen && seen.Is(stamp) && known.Of(seen.Sha256) is { } version)
                return Artifact(fileName, version, stamp);
            if (_unrecorded.Find(fileName) is { Artifact: { } unrecorded } found && found.Stamp == stamp)
                return unrecorded;
            var quiet = QuietIn(fileName, stamp);
            if (quiet <= TimeSpan.Zero)
            {
                attempts++;
                if (await TakeInAsync(fileName, stamp, cancellationToken) is { } taken)
                    return taken;
                // It cannot be read, or it changed while it was read: look again.
                continue;
            }

            if (!waits || _time.GetElapsedTime(started) + quiet > _options.QuietWait)
                return known.Newest is { } before && _objects.Has(before.Sha256, before.SizeBytes) ? Artifact(fileName, before) : null;
            await Task.Delay(quiet, _time, cancellationToken);
        }

        return null;
    }

    /// <summary>How long a file must still rest before it is taken for finished.</summary>
    private TimeSpan QuietIn(string fileName, FileStamp stamp)
    {
        var age = _time.GetUtcNow().UtcDateTime - stamp.LastWriteUtc;
        // A time in the future is that of another clock and says nothing about now.
        if (age < TimeSpan.Zero || age >= _options.IncompleteQuietFor)
            return TimeSpan.Zero;
        if (age < _options.QuietFor)
            return _options.QuietFor - age;
        return FileEnding.IsMissing(PathOf(fileName)) ? _options.IncompleteQuietFor - age : TimeSpan.Zero;
    }

    private void SweepParts()
    {
        var olderThan = (_time.GetUtcNow() - _options.AbandonedAfter).UtcDateTime;
        try
        {
            foreach (var file in new DirectoryInfo(Directory).EnumerateFiles(".*" + PartExtension).Where(file => file.LastWriteTimeUtc < olderThan && !IsHeldOpen(file.FullName)))
                file.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A directory that may only be read still lists; what is left over is removed by a process that may.
            return;
        }
    }

    // A write may stall for as long as its source does; its file is then old, but open.
    private static bool IsHeldOpen(string path)
    {
        try
        {
            using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static ModelArtifact Artifact(string fileName, IndexedVersion version, FileStamp? visible = null) => new()
    {
        Model = Path.GetFileNameWithoutExtension(fileName),
        FileName = fileName,
        Format = Path.GetExtension(fileName).ToLowerInvariant(),
        SizeBytes = version.SizeBytes,
        Sha256 = version.Sha256,
        ModifiedAt = visible is { } stamp ? new DateTimeOffset(stamp.LastWriteUtc, TimeSpan.Zero) : version.AddedAt,
        RandomWeights = version.RandomWeights,
        Source = version.Source,
        Licence = version.Licence,
        Version = version.Number,
    };
}
