using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library;

/// <summary>The versions of a model that the store knows, with everything that is known of each.</summary>
internal sealed class StoreCatalog(IModelStore store, ArtifactInspector inspector, IArtifactNeeds needs) : IModelVersions
{
    private const string HubOwner = "/timm/";

    public async Task<StoredModel?> FindAsync(string model, CancellationToken cancellationToken)
    {
        var needed = needs.Read();
        var files = new List<StoredFile>();
        foreach (var fileName in await store.FileNamesAsync(model, cancellationToken))
        {
            var versions = new List<VersionView>();
            foreach (var version in await store.VersionsAsync(fileName, cancellationToken))
                versions.Add(await ViewAsync(version, needed, cancellationToken));
            if (versions.Count == 0)
                continue;
            var format = Path.GetExtension(fileName).ToLowerInvariant();
            files.Add(new StoredFile(fileName, format, ArtifactFormats.IsExecutable(format), ArtifactFormats.WhyNotExecutable(format), versions.Any(v => v.Newest), versions));
        }

        return files.Count == 0 ? null : new StoredModel(Path.GetFileNameWithoutExtension(files[0].FileName), files);
    }

    // The licence of published weights is known where the source says which weights they are: huggingface.co/timm/resnet18.a1_in1k@4f2c.
    private static string? LicenceOf(ModelArtifact artifact) =>
        artifact.Source?.IndexOf(HubOwner, StringComparison.Ordinal) is >= 0 and var start
            ? PublishedLicences.Find(artifact.Source[(start + HubOwner.Length)..].Split('@')[0])
            : null;

    private async Task<VersionView> ViewAsync(StoredVersion version, ArtifactNeeds needed, CancellationToken cancellationToken)
    {
        var artifact = version.Artifact;
        var details = version.Content == ContentState.Whole ? await inspector.DescribeAsync(artifact, cancellationToken) : new ArtifactDetails();
        var published = artifact.RandomWeights ? null : ImageNetAccuracy.Find(artifact.Model);
        return new VersionView
        {
            Version = artifact.Version,
            Newest = version.IsNewest,
            Sha256 = artifact.Sha256,
            SizeBytes = artifact.SizeBytes,
            AddedAt = artifact.ModifiedAt,
            Content = version.Content switch { ContentState.Whole => "whole", ContentState.Damaged => "damaged", _ => "missing" },
            ParamsM = details.Parameters / 1e6,
            Gmacs = details.Macs / 1e9,
            ActivationsM = details.Activations / 1e6,
            Precision = details.Precision?.ToString().ToLowerInvariant(),
            Inputs = details.Inputs,
            Source = artifact.Source,
            Licence = details.Licence ?? artifact.Licence ?? LicenceOf(artifact),
            Top1 = published?.Top1,
            Top5 = published?.Top5,
            RandomWeights = artifact.RandomWeights,
            Label = artifact.RandomWeights ? ModelArtifact.RandomWeightsLabel : null,
            NeededBecause = needed.Contents.GetValueOrDefault(artifact.Sha256),
            Notes = details.Notes,
            Url = Api.Endpoints.ModelFileEndpoint.PathOf(artifact),
        };
    }
}

/// <summary>A model of the store.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Files">Its files, executable formats first.</param>
internal sealed record StoredModel(string Model, IReadOnlyList<StoredFile> Files);

/// <summary>A file name with its versions.</summary>
/// <param name="FileName">File name.</param>
/// <param name="Format">Extension in lower case with the dot.</param>
/// <param name="Executable">Whether this agent runs the format.</param>
/// <param name="NotExecutableBecause">Why not, and what to do, as a sentence.</param>
/// <param name="Present">Whether the file is there; the versions of one that was deleted stay for a while.</param>
/// <param name="Versions">Newest first.</param>
internal sealed record StoredFile(
    string FileName, string Format, bool Executable, string? NotExecutableBecause, bool Present, IReadOnlyList<VersionView> Versions);

/// <summary>A version and what is known of its content. What is not known is <c>null</c>.</summary>
internal sealed record VersionView
{
    /// <summary>Number from 1: <c>name@number</c> deploys it.</summary>
    public required int? Version { get; init; }

    /// <summary>Whether the name means this version.</summary>
    public required bool Newest { get; init; }

    public required string Sha256 { get; init; }
    public required long SizeBytes { get; init; }
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary><c>whole</c>, <c>damaged</c> or <c>missing</c>.</summary>
    public required string Content { get; init; }

    public double? ParamsM { get; init; }
    public double? Gmacs { get; init; }
    public double? ActivationsM { get; init; }
    public string? Precision { get; init; }
    public IReadOnlyList<string> Inputs { get; init; } = [];
    public string? Source { get; init; }
    public string? Licence { get; init; }

    /// <summary>Published ImageNet top-1 accuracy of the weights that the name means, in percent.</summary>
    public double? Top1 { get; init; }

    /// <summary>The same for the five best guesses.</summary>
    public double? Top5 { get; init; }

    public bool RandomWeights { get; init; }
    public string? Label { get; init; }

    /// <summary>Which device or deployment needs it, as a sentence.</summary>
    public string? NeededBecause { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Path that always gives these bytes.</summary>
    public required string Url { get; init; }
}
