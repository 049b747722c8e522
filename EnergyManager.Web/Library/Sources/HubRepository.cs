using System.Text.Json.Serialization;

namespace EnergyManager.Web.Library.Sources;

/// <summary>A repository of the Hub at one commit.</summary>
/// <param name="Id">For example <c>timm/resnet18.a1_in1k</c>.</param>
/// <param name="Revision">Commit.</param>
/// <param name="Files">Its files.</param>
internal sealed record HubRepository(string Id, string Revision, IReadOnlyList<HubFile> Files)
{
    public HubFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);
}

/// <summary>A file of a repository.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Size">Bytes, where known.</param>
/// <param name="Sha256">Hash of the content, for large files.</param>
internal sealed record HubFile(string Path, long? Size, string? Sha256);

// {"id":"timm/resnet18.a1_in1k","sha":"491b...","siblings":[{"rfilename":"model.safetensors","size":46807446,"lfs":{"sha256":"7f5c..."}}]}
internal sealed record HubModelJson(string? Id, string? Sha, IReadOnlyList<HubSiblingJson>? Siblings);

internal sealed record HubSiblingJson(string Rfilename, long? Size, HubLfsJson? Lfs);

internal sealed record HubLfsJson(string? Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HubModelJson))]
[JsonSerializable(typeof(IReadOnlyList<HubModelJson>))]
internal sealed partial class HubJson : JsonSerializerContext;
