namespace EnergyManager.Core.ModelStore;

/// <summary>Where artifacts are and how much of them is allowed.</summary>
public sealed record ModelStoreOptions
{
    /// <summary>The directory; made when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Cap on one artifact in bytes; the cap that a caller of <see cref="IModelStore.AddAsync"/> gives can only be lower.</summary>
    public long MaximumArtifactBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Cap on the length of a file name in characters.</summary>
    public int MaximumFileNameLength { get; init; } = 128;

    /// <summary>Cap on the names whose versions are remembered; the least recently used goes first and is read again when needed.</summary>
    public int MaximumCachedHashes { get; init; } = 1024;

    /// <summary>Cap on the artifacts that one listing returns, in order of their names.</summary>
    public int MaximumListed { get; init; } = 10_000;

    /// <summary>Cap on the versions of one file name; more are refused until some are removed.</summary>
    public int MaximumVersions { get; init; } = 1000;

    /// <summary>A file that somebody put there is a version once nothing has been written to it for this long.</summary>
    public TimeSpan QuietFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same for a file whose own structure says that its end is missing: the copy may only have stalled.</summary>
    public TimeSpan IncompleteQuietFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whoever asks for a file by its name waits at most this long for it to be quiet.</summary>
    public TimeSpan QuietWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Age at which the remains of a write are removed when no process holds them open any more.</summary>
    public TimeSpan AbandonedAfter { get; init; } = TimeSpan.FromMinutes(10);
}
