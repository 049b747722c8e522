using System.Globalization;

namespace EnergyManager.Core.ModelStore;

/// <summary>
/// Decides which versions go. Everything is decided and done under the lock of the store, on needs that are read there: a
/// deployment is in the database before its artifact is looked for, so that what it needs is either seen here or was not
/// removed yet when it looks.
/// </summary>
internal sealed class StoreCollector(string directory, StoreIndex index, ObjectFiles objects, ArtifactMetadataFiles notes, TimeProvider time, TimeSpan abandonedAfter)
{
    public CollectionReport Collect(RetentionPolicy retention, ArtifactNeeds needs, bool dryRun)
    {
        var now = time.GetUtcNow();
        var names = index.Names().Select(index.Read).ToList();
        var contents = WithModels(needs, names);
        var (removed, kept) = (new List<CollectedVersion>(), new List<CollectedVersion>());
        var remaining = new HashSet<string>(StringComparer.Ordinal);
        var changed = new List<NameIndex>();
        foreach (var name in names)
        {
            var isVisible = FileStamp.Of(Path.Combine(directory, name.FileName)) is not null;
            var stays = new List<IndexedVersion>();
            for (var i = 0; i < name.Versions.Count; i++)
            {
                var version = name.Versions[i];
                var rank = name.Versions.Count - i;
                if (isVisible && (rank == 1 || version.Sha256 == name.Seen?.Sha256))
                {
                    stays.Add(version);
                    continue;
                }

                var reason = contents.GetValueOrDefault(version.Sha256) ?? Retained(retention, version, rank, isVisible, now);
                (reason is null ? removed : kept).Add(new CollectedVersion(
                    name.FileName, version.Number, version.Sha256, version.SizeBytes, reason ?? Gone(version, isVisible, now)));
                if (reason is not null)
                    stays.Add(version);
            }

            remaining.UnionWith(stays.Select(version => version.Sha256));
            if (stays.Count < name.Versions.Count || (stays.Count == 0 && !isVisible))
                changed.Add(name with { Versions = stays });
        }

        var freed = 0L;
        var unnamed = objects.All().Where(content => !remaining.Contains(content.Sha256)).ToList();
        var fromNames = removed.Select(version => version.Sha256).ToHashSet(StringComparer.Ordinal);
        foreach (var (sha256, stamp) in unnamed)
        {
            if (!fromNames.Contains(sha256))
            {
                var reason = contents.GetValueOrDefault(sha256) ?? (now.UtcDateTime - stamp.LastWriteUtc < retention.MinimumAge ? Younger(retention) : null);
                (reason is null ? removed : kept).Add(new CollectedVersion(null, null, sha256, stamp.Length, reason ?? "No name has this content."));
                if (reason is not null)
                {
                    remaining.Add(sha256);
                    continue;
                }
            }

            freed += stamp.Length;
            if (!dryRun)
                objects.Delete(sha256);
        }

        if (!dryRun)
        {
            foreach (var name in changed)
                Apply(name);
            Sweep(remaining, now);
        }

        return new CollectionReport { DryRun = dryRun, Removed = removed, Kept = kept, FreedBytes = freed };
    }

    /// <summary>Adds what deployments need that have named a model and not got its artifact yet.</summary>
    public static Dictionary<string, string> WithModels(ArtifactNeeds needs, IReadOnlyList<NameIndex> names)
    {
        var contents = new Dictionary<string, string>(needs.Contents, StringComparer.Ordinal);
        foreach (var (text, reason) in needs.Models)
        {
            foreach (var reference in (ModelReference[])[new ModelReference(text), ModelReference.Parse(text)])
            {
                foreach (var name in names.Where(name => IsNamed(name.FileName, reference.Model)))
                {
                    var meant = reference.NamesVersion ? name.Versions.LastOrDefault(reference.Means) : name.Newest;
                    if (meant is not null)
                        contents.TryAdd(meant.Sha256, reason);
                }
            }
        }

        return contents;
    }

    public static bool IsNamed(string fileName, string model) =>
        string.Equals(fileName, model, StringComparison.Ordinal) || string.Equals(Path.GetFileNameWithoutExtension(fileName), model, StringComparison.Ordinal);

    private static string? Retained(RetentionPolicy retention, IndexedVersion version, int rank, bool isVisible, DateTimeOffset now) =>
        isVisible && rank <= retention.KeepVersions ? $"One of the {retention.KeepVersions} newest versions of its file."
        : now - version.AddedAt < retention.MinimumAge ? Younger(retention)
        : null;

    private static string Younger(RetentionPolicy retention) =>
        string.Create(CultureInfo.InvariantCulture, $"It came less than {retention.MinimumAge.TotalDays:0.##} days ago.");

    private static string Gone(IndexedVersion version, bool isVisible, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(isVisible ? "Replaced by newer versions" : "Its file was deleted")}; it came {(now - version.AddedAt).TotalDays:0.#} days ago and no device needs it.");

    private void Apply(NameIndex name)
    {
        if (name.Versions.Count == 0 && FileStamp.Of(Path.Combine(directory, name.FileName)) is null)
            index.Delete(name.FileName);
        else
            index.Write(name);
    }

    private void Sweep(HashSet<string> remaining, DateTimeOffset now)
    {
        var olderThan = (now - abandonedAfter).UtcDateTime;
        notes.Sweep(remaining, olderThan);
        index.Sweep(olderThan);
        ArtifactDetailsFiles.Sweep(directory, remaining, olderThan);
    }
}
