using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>Reads and writes few-shot artifacts as JSON. What is read back predicts the same to the last bit.</summary>
public static class FewShotJson
{
    /// <summary>Size of an artifact at most; a greater file is not read.</summary>
    public const int MaximumBytes = 64 * 1024;

    /// <summary>The artifact as UTF-8 JSON.</summary>
    public static byte[] Write(FewShotArtifact artifact) => JsonSerializer.SerializeToUtf8Bytes(artifact, FewShotJsonContext.Default.FewShotArtifact);

    /// <summary>Reads an artifact and checks that this version of the product can use it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, too large, of another kind or of another schema.</exception>
    public static FewShotArtifact Read(ReadOnlySpan<byte> json)
    {
        var artifact = StoredArtifact.Parse(json, MaximumBytes, FewShotJsonContext.Default.FewShotArtifact);
        if (artifact is not { Schema: FewShotArtifact.CurrentSchema, Kind: FewShotArtifact.FewShotKind })
            throw new InvalidDataException($"The artifact has kind {artifact?.Kind} and schema {artifact?.Schema}; {FewShotArtifact.FewShotKind} and {FewShotArtifact.CurrentSchema} are needed: train it again.");
        StoredArtifact.Require(artifact.Rows >= FewShotTrainer.MinimumRows, "rows");
        StoredArtifact.Require(artifact.TableSha256.Length == 64, "hash");
        StoredArtifact.Require(double.IsFinite(artifact.LogSlowness), "slowness");
        StoredArtifact.Require(artifact.Power.IsSound(FewShotCorrection.MeasuredFeatures.Count), "power correction");
        StoredArtifact.Require(artifact.StaticPower.IsSound(FewShotCorrection.StaticFeatures.Count), "static power correction");
        StoredArtifact.Require(artifact.StaticEnergy.IsSound(1), "static energy correction");
        StoredArtifact.Require(artifact.MeasuredIntervals is { HalfWidth90: > 0 } && artifact.StaticIntervals is { HalfWidth90: > 0 }, "intervals");
        StoredArtifact.Require(artifact.Spreads is { MeasuredPower: > 0, StaticPower: > 0, StaticLatency: > 0 }, "spreads");
        StoredArtifact.Require(artifact.QuartilesMwh is [> 0 and var first, var second, var third] && first <= second && second <= third, "quartiles");
        return artifact;
    }
}

/// <summary>Source-generated serialization of few-shot artifacts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(FewShotArtifact))]
internal sealed partial class FewShotJsonContext : JsonSerializerContext;
