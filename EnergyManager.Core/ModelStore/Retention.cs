namespace EnergyManager.Core.ModelStore;

/// <summary>Which old versions are kept although nothing needs them.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Newest versions of each file that are kept, the current one included; at least 1.</summary>
    public int KeepVersions { get; init; } = 3;

    /// <summary>Versions that came more recently than this are kept.</summary>
    public TimeSpan MinimumAge { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>Which artifacts are needed, by those who know: what devices run, should run, may go back to, or are about to get.</summary>
public interface IArtifactNeeds
{
    /// <summary>The needs as they are now. Asked while nobody else can write to the store.</summary>
    ArtifactNeeds Read();
}

/// <summary>What must not be removed.</summary>
/// <param name="Contents">Why, as a sentence, by SHA-256.</param>
/// <param name="Models">Why, as a sentence, by <see cref="ModelReference"/>: deployments that have not got their artifact yet.</param>
public sealed record ArtifactNeeds(IReadOnlyDictionary<string, string> Contents, IReadOnlyDictionary<string, string> Models)
{
    /// <summary>Nothing is needed.</summary>
    public static ArtifactNeeds None { get; } = new(new Dictionary<string, string>(), new Dictionary<string, string>());
}

/// <summary>What a collection removed (or would remove) and what it left, with the reasons.</summary>
public sealed record CollectionReport
{
    /// <summary>Whether nothing was removed because only the plan was asked for.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Versions that went.</summary>
    public required IReadOnlyList<CollectedVersion> Removed { get; init; }

    /// <summary>Versions other than the newest that stayed.</summary>
    public required IReadOnlyList<CollectedVersion> Kept { get; init; }

    /// <summary>Bytes that the removed contents took; those that another name still has are not among them.</summary>
    public required long FreedBytes { get; init; }
}

/// <summary>A version and why it went or stayed.</summary>
/// <param name="FileName">File name, or <c>null</c> for a content that no name has.</param>
/// <param name="Version">Number, or <c>null</c> likewise.</param>
/// <param name="Sha256">Hash of the content.</param>
/// <param name="SizeBytes">Its size in bytes.</param>
/// <param name="Reason">As a sentence.</param>
public sealed record CollectedVersion(string? FileName, int? Version, string Sha256, long SizeBytes, string Reason);

/// <summary>The outcome of a removal.</summary>
/// <param name="FileNames">The files, removed or not.</param>
/// <param name="RefusedBecause">Why nothing was removed, as a sentence, or <c>null</c>.</param>
public sealed record Removal(IReadOnlyList<string> FileNames, string? RefusedBecause);
