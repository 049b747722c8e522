using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Web.Library.Sources;

/// <summary>A repository of the Hub at one commit.</summary>
/// <param name="Id">For example <c>timm/resnet18.a1_in1k</c>.</param>
/// <param name="Revision">Commit.</param>
/// <param name="License">Identifier of the licence, for example <c>apache-2.0</c>, where the repository names one.</param>
/// <param name="Files">Its files.</param>
internal sealed record HubRepository(string Id, string Revision, string? License, IReadOnlyList<HubFile> Files)
{
    private const string LicenseTag = "license:";

    public HubFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);

    public static HubRepository From(HubModelJson model, string id) => new(
        model.Id ?? id,
        model.Sha ?? "main",
        LicenseOf(model),
        [.. (model.Siblings ?? []).Where(file => file.Rfilename is not null).Select(file => new HubFile(file.Rfilename!, file.Size ?? file.Lfs?.Size, Sha256Of(file.Lfs?.Sha256)))]);

    /// <summary>A SHA-256 in lower-case hex, or <c>null</c> when the text is none.</summary>
    public static string? Sha256Of(string? text) =>
        text is { Length: 64 } && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;

    // The card is free text of the repository's owner, where a licence may also be a list; the tag is made of it by the Hub.
    private static string? LicenseOf(HubModelJson model) =>
        model.Tags?.FirstOrDefault(tag => tag.StartsWith(LicenseTag, StringComparison.Ordinal))?[LicenseTag.Length..] is { Length: > 0 } tagged ? tagged
        : model.CardData?.License is { ValueKind: JsonValueKind.String } card && card.GetString() is { Length: > 0 } named ? named
        : null;
}

/// <summary>A file of a repository.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Size">Bytes, where known.</param>
/// <param name="Sha256">Hash of the content, for large files.</param>
internal sealed record HubFile(string Path, long? Size, string? Sha256);

// {"id":"timm/resnet18.a1_in1k","sha":"491b...","tags":["license:apache-2.0"],"cardData":{"license":"apache-2.0"},
//  "siblings":[{"rfilename":"model.safetensors","size":46807446,"lfs":{"sha256":"7f5c...","size":46807446}}]}
internal sealed record HubModelJson(
    string? Id, string? Sha, IReadOnlyList<string>? Tags, [property: JsonPropertyName("cardData")] HubCardJson? CardData, IReadOnlyList<HubSiblingJson>? Siblings);

internal sealed record HubCardJson(JsonElement? License);

internal sealed record HubSiblingJson(string? Rfilename, long? Size, HubLfsJson? Lfs);

internal sealed record HubLfsJson(string? Sha256, long? Size);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HubModelJson))]
[JsonSerializable(typeof(IReadOnlyList<HubModelJson>))]
internal sealed partial class HubJson : JsonSerializerContext;
