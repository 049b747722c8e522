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

    /// <summary>Cap on the hashes that are remembered; the least recently used goes first and is computed again when needed.</summary>
    public int MaximumCachedHashes { get; init; } = 1024;

    /// <summary>Cap on the artifacts that one listing returns, in order of their names.</summary>
    public int MaximumListed { get; init; } = 10_000;

    /// <summary>Age at which the remains of a write that never ended are removed. A younger one may belong to a write under way.</summary>
    public TimeSpan AbandonedAfter { get; init; } = TimeSpan.FromDays(1);
}
