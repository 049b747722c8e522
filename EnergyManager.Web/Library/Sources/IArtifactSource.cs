using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library.Sources;

/// <summary>Somewhere that model files come from.</summary>
internal interface IArtifactSource
{
    /// <summary>What <see cref="SourceOptions.Order"/> calls it.</summary>
    string Key { get; }

    /// <summary>Name for people.</summary>
    string Name { get; }

    /// <summary>Puts an artifact of the model into the store.</summary>
    /// <exception cref="ModelStoreException">The store cannot take it; another source would fare no better.</exception>
    Task<SourceAnswer> TryFetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken);
}

/// <summary>What a source had.</summary>
/// <param name="Artifact">The artifact, in the store now, or <c>null</c>.</param>
/// <param name="Reason">Why there is none, as a clause: <c>has no model resnet99</c>.</param>
internal sealed record SourceAnswer(ModelArtifact? Artifact, string? Reason)
{
    /// <summary>Whether the source may have it in a while: it is out of reach or asks to wait.</summary>
    public bool IsTransient { get; init; }
}
