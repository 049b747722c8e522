using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction;

/// <summary>Reads and writes artifacts as JSON. What is read back predicts the same to the last bit.</summary>
public static class ArtifactJson
{
    /// <summary>Size of an artifact at most; a greater file is not read. Trees that are as large as their settings allow stay below.</summary>
    public const int MaximumBytes = 8 * 1000 * 1000;

    /// <summary>The artifact as UTF-8 JSON.</summary>
    /// <exception cref="InvalidDataException">It would be greater than <see cref="MaximumBytes"/>.</exception>
    public static byte[] Write(EnergyModelArtifact artifact)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(artifact, ArtifactJsonContext.Default.EnergyModelArtifact);
        return bytes.Length <= MaximumBytes
            ? bytes
            : throw new InvalidDataException($"The artifact has {bytes.Length} bytes, more than {MaximumBytes}: train fewer or shallower trees.");
    }

    /// <summary>Reads an artifact and checks that this version of the product can use it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, too large, or of another schema.</exception>
    public static EnergyModelArtifact Read(ReadOnlySpan<byte> json)
    {
        var artifact = StoredArtifact.Parse(json, MaximumBytes, ArtifactJsonContext.Default.EnergyModelArtifact);
        if (artifact is null || artifact.Schema != EnergyModelArtifact.CurrentSchema)
            throw new InvalidDataException($"The artifact has schema {artifact?.Schema}; {EnergyModelArtifact.CurrentSchema} is needed: train it again.");
        StoredArtifact.Require(artifact.MeasuredFeatures.SequenceEqual(FeatureSet.Measured.Names, StringComparer.Ordinal), "features");
        StoredArtifact.Require(artifact.StaticFeatures.SequenceEqual(FeatureSet.Static.Names, StringComparer.Ordinal), "static features");
        StoredArtifact.Require(artifact.CampaignFeatures.SequenceEqual(FeatureSet.MeasuredInCampaign.Names, StringComparer.Ordinal), "campaign features");
        StoredArtifact.Require(artifact.Forests.Power.Features == FeatureSet.Measured.Count, "power trees");
        StoredArtifact.Require(artifact.Forests.CampaignPower.Features == FeatureSet.MeasuredInCampaign.Count, "campaign power trees");
        StoredArtifact.Require(artifact.Forests.StaticPower.Features == FeatureSet.Static.Count, "static power trees");
        StoredArtifact.Require(artifact.Forests.UnnamedPower.Features == FeatureSet.Static.Count, "power trees of unnamed networks");
        StoredArtifact.Require(artifact.Forests.UnnamedLatency.Features == FeatureSet.Static.Count, "latency trees of unnamed networks");
        StoredArtifact.Require(artifact.Forests.StaticLatency.Features == FeatureSet.Static.Count, "latency trees");
        StoredArtifact.Require(artifact.QuartilesMwh is [var first, var second, var third] && first <= second && second <= third, "quartiles");
        StoredArtifact.Require(artifact.Forests.RunCounts.Length > 0 && artifact.Forests.RunCounts.All(c => c > 0), "run counts");
        StoredArtifact.Require(artifact.Distribution.IsSound, "training distribution");
        StoredArtifact.Require(artifact is { TableSha256.Length: 64, OptionsSha256.Length: 64 }, "hashes");
        return artifact;
    }
}

/// <summary>Source-generated serialization of artifacts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(EnergyModelArtifact))]
internal sealed partial class ArtifactJsonContext : JsonSerializerContext;
