using System.Security.Cryptography;
using EnergyManager.Core.Onnx.Format;

namespace EnergyManager.Core.ModelStore;

/// <summary>Points between the renames of a write; a process can die at any of them.</summary>
internal enum StoreStep
{
    /// <summary>The content lies in a part, whole and flushed.</summary>
    Written,

    /// <summary>The visible file to be lies in a part of its own.</summary>
    Copied,

    /// <summary>The note about the content is written.</summary>
    Noted,

    /// <summary>The content is at its place.</summary>
    Placed,

    /// <summary>The visible file is the new one.</summary>
    Shown,

    /// <summary>The index has the version.</summary>
    Indexed,
}

public sealed partial class FileModelStore
{
    /// <inheritdoc/>
    public async Task<ModelArtifact> AddAsync(
        string fileName, Stream content, long maximumBytes, ArtifactOrigin origin, string? expectedSha256, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(origin);
        if (ArtifactNames.Problem(fileName, _options.MaximumFileNameLength) is { } problem)
            throw new ModelStoreException(problem) { Field = "file_name" };
        var cap = Math.Min(maximumBytes, _options.MaximumArtifactBytes);
        await using var part = await _writer.WriteAsync(fileName, content, cap, expectedSha256, cancellationToken);
        _reached(StoreStep.Written);
        try
        {
            await using var visible = ArtifactPart.CopyOf(part, Directory);
            _reached(StoreStep.Copied);
            var metadata = new ArtifactMetadata
            {
                Source = origin.Source,
                Licence = origin.Licence,
                RandomWeights = origin.RandomWeights || OnnxMetadata.SaysRandomWeights(fileName, part.Path),
            };
            await using var turn = await StoreLock.EnterAsync(_index.LockFile, cancellationToken);
            return Commit(fileName, part, visible, metadata);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ArtifactWriter.Failure(fileName, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<Removal> RemoveAsync(string model, IArtifactNeeds needs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(needs);
        return await ExclusivelyAsync(async () =>
        {
            var names = await FileNamesAsync(model, cancellationToken);
            if (names.Count == 0)
                throw new ModelStoreException($"The model store has no file of {model}. models list --available names those that it has.") { Field = "model" };
            var all = _index.Names().Select(_index.Read).ToList();
            var needed = StoreCollector.WithModels(needs.Read(), all);
            var going = all.Where(name => names.Contains(name.FileName)).ToList();
            var others = all.Except(going).SelectMany(name => name.Versions).Select(version => version.Sha256).ToHashSet(StringComparer.Ordinal);
            foreach (var version in going.SelectMany(name => name.Versions))
            {
                if (needed.TryGetValue(version.Sha256, out var reason))
                    return new Removal(names, $"{model} was not removed: version {version.Number} is needed. {reason}");
            }

            foreach (var name in names)
                File.Delete(PathOf(name));
            foreach (var name in going)
            {
                foreach (var sha256 in name.Versions.Select(version => version.Sha256).Distinct(StringComparer.Ordinal))
                {
                    if (others.Contains(sha256))
                        _notes.Write(sha256, _notes.Read(sha256).Unnamed(name.FileName));
                    else
                        _objects.Delete(sha256);
                }

                _index.Delete(name.FileName);
            }

            return new Removal(names, null);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<CollectionReport> CollectAsync(RetentionPolicy retention, IArtifactNeeds needs, bool dryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        ArgumentNullException.ThrowIfNull(needs);
        if (retention.KeepVersions < 1 || retention.MinimumAge < TimeSpan.Zero)
            throw new ModelStoreException("keep_versions must be at least 1 and minimum_age not negative.") { Field = "keep_versions" };
        // What was dropped in since is a version too, before anything is decided.
        await ListAsync(cancellationToken);
        return await ExclusivelyAsync(() => Task.FromResult(_collector.Collect(retention, needs.Read(), dryRun)), cancellationToken);
    }

    /// <summary>The renames of a write, in the order in which a crash between any two of them loses nothing and shows nothing half.</summary>
    private ModelArtifact Commit(string fileName, ArtifactPart part, ArtifactPart visible, ArtifactMetadata metadata)
    {
        var before = _index.Read(fileName);
        if (before.Versions.Count >= _options.MaximumVersions)
            throw new ModelStoreException($"{fileName} has {before.Versions.Count} versions, more are not kept: remove old ones first (models gc).") { Field = "file_name" };
        var after = before.With(part.Sha256, visible.Stamp, _time.GetUtcNow(), metadata);
        var version = after.Newest!;
        var isNew = _objects.Size(part.Sha256) is null;
        var noted = _notes.Read(part.Sha256);
        // Before the artifact: without it, a crash between the two would show random weights as if they were trained.
        _notes.Write(part.Sha256, (metadata with { Names = noted.Names }).Named(fileName, version.Number, version.AddedAt));
        _reached(StoreStep.Noted);
        part.PlaceIn(_objects);
        _reached(StoreStep.Placed);
        try
        {
            visible.MoveTo(fileName);
        }
        catch when (isNew)
        {
            _objects.Delete(part.Sha256);
            throw;
        }

        _reached(StoreStep.Shown);
        _index.Write(after);
        _reached(StoreStep.Indexed);
        return Artifact(fileName, version, visible.Stamp);
    }

    /// <summary>Makes a version of a visible file that somebody wrote by hand.</summary>
    /// <returns><c>null</c> when it changed meanwhile or cannot be read.</returns>
    private async Task<ModelArtifact?> TakeInAsync(string fileName, FileStamp stamp, CancellationToken cancellationToken)
    {
        // A copy is hashed and not the file itself: what is kept is then what was hashed, whatever happens to the file.
        await using var copy = TryCopy(fileName);
        var (sha256, random) = await FactsAsync(fileName, copy?.Path ?? PathOf(fileName), cancellationToken);
        if (sha256 is null || FileStamp.Of(PathOf(fileName)) != stamp)
            return null;
        try
        {
            await using var turn = await StoreLock.EnterAsync(_index.LockFile, cancellationToken);
            var before = _index.Read(fileName);
            var noted = _notes.Read(sha256);
            var after = before.With(sha256, stamp, _time.GetUtcNow(), noted with { RandomWeights = noted.RandomWeights || random });
            var version = after.Newest!;
            _notes.Write(sha256, noted.Named(fileName, version.Number, version.AddedAt));
            if (copy is not null && !await HasWholeAsync(sha256, cancellationToken))
            {
                copy.Complete(sha256, stamp);
                copy.PlaceIn(_objects);
            }

            _index.Write(after);
            return Artifact(fileName, version, stamp);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A directory that may only be read, or is full: the file is there all the same, without the past of its name.
            var noted = _notes.Read(sha256);
            var unrecorded = Artifact(fileName, new IndexedVersion(0, sha256, stamp.Length, default, noted.Source, noted.RandomWeights || random, noted.Licence), stamp) with { Version = null };
            _unrecorded.Set(fileName, (stamp, unrecorded));
            return unrecorded;
        }
    }

    private async Task<bool> HasWholeAsync(string sha256, CancellationToken cancellationToken)
    {
        await using var content = await _objects.OpenAsync(sha256, cancellationToken);
        return content is not null;
    }

    private ArtifactPart? TryCopy(string fileName)
    {
        try
        {
            return ArtifactPart.CopyOf(PathOf(fileName), Directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No space or no permission: the visible file is then the only one with this content.
            return null;
        }
    }

    private static async Task<(string? Sha256, bool RandomWeights)> FactsAsync(string fileName, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = ObjectFiles.OpenShared(path);
            var hash = await SHA256.HashDataAsync(stream, cancellationToken);
            stream.Position = 0;
            return (Convert.ToHexStringLower(hash), OnnxMetadata.SaysRandomWeights(fileName, stream));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, false);
        }
    }

    private async Task<T> ExclusivelyAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            await using var turn = await StoreLock.EnterAsync(_index.LockFile, cancellationToken);
            return await action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"The model store {Directory} cannot be written to: {exception.Message}", exception) { Field = "model_store" };
        }
    }
}
