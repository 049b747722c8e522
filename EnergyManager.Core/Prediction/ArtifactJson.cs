using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction;

/// <summary>Reads and writes artifacts as JSON. What is read back predicts the same to the last bit.</summary>
public static class ArtifactJson
{
    /// <summary>Size of an artifact at most; a greater file is not read.</summary>
    public const int MaximumBytes = 2 * 1000 * 1000;

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
        if (json.Length > MaximumBytes)
            throw new InvalidDataException($"The artifact has {json.Length} bytes, more than {MaximumBytes}.");
        EnergyModelArtifact? artifact;
        try
        {
            artifact = JsonSerializer.Deserialize(json, ArtifactJsonContext.Default.EnergyModelArtifact);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The artifact is not readable: {exception.Message}", exception);
        }

        if (artifact is null || artifact.Schema != EnergyModelArtifact.CurrentSchema)
            throw new InvalidDataException($"The artifact has schema {artifact?.Schema}; {EnergyModelArtifact.CurrentSchema} is needed: train it again.");
        Require(artifact.MeasuredFeatures.SequenceEqual(FeatureSet.Measured.Names, StringComparer.Ordinal), "features");
        Require(artifact.StaticFeatures.SequenceEqual(FeatureSet.Static.Names, StringComparer.Ordinal), "static features");
        Require(artifact.Forests.Power.Features == FeatureSet.Measured.Count, "power trees");
        Require(artifact.Forests.StaticPower.Features == FeatureSet.Static.Count, "static power trees");
        Require(artifact.Forests.StaticLatency.Features == FeatureSet.Static.Count, "latency trees");
        Require(artifact.QuartilesMwh is [var first, var second, var third] && first <= second && second <= third, "quartiles");
        Require(artifact.Distribution.IsSound, "training distribution");
        Require(artifact is { TableSha256.Length: 64, OptionsSha256.Length: 64 }, "hashes");
        return artifact;
    }

    private static void Require(bool holds, string part)
    {
        if (!holds)
            throw new InvalidDataException($"The artifact's {part} are not those that this version uses: train it again.");
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

/// <summary>
/// A forest as JSON, its arrays as base64 of little-endian numbers (a third of the size of decimal numbers, and exact):
/// <c>{"base_value":1.2,"values":"...","rights":"...","features":"...","missing_left":"...","covers":"...","roots":"...","gains":"..."}</c>.
/// </summary>
internal sealed class RegressionForestConverter : JsonConverter<RegressionForest>
{
    public override RegressionForest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        try
        {
            var values = Numbers<double>(root, "values");
            var rights = Numbers<int>(root, "rights");
            var features = Numbers<short>(root, "features");
            var missingLeft = Numbers<byte>(root, "missing_left");
            if (rights.Length != values.Length || features.Length != values.Length || missingLeft.Length != values.Length)
                throw new JsonException("The forest's arrays differ in length.");
            var nodes = new TreeNode[values.Length];
            for (var i = 0; i < nodes.Length; i++)
                nodes[i] = new TreeNode(values[i], rights[i], features[i], missingLeft[i] != 0);
            return new RegressionForest(
                root.GetProperty("base_value").GetDouble(), nodes, Numbers<int>(root, "covers"), Numbers<int>(root, "roots"),
                Numbers<double>(root, "gains"));
        }
        catch (Exception exception) when (exception is InvalidDataException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, RegressionForest value, JsonSerializerOptions options)
    {
        var nodes = value.Nodes.ToArray();
        writer.WriteStartObject();
        writer.WriteNumber("base_value", value.BaseValue);
        WriteNumbers<double>(writer, "values", Array.ConvertAll(nodes, n => n.Value));
        WriteNumbers<int>(writer, "rights", Array.ConvertAll(nodes, n => n.Right));
        WriteNumbers<short>(writer, "features", Array.ConvertAll(nodes, n => n.Feature));
        WriteNumbers<byte>(writer, "missing_left", Array.ConvertAll(nodes, n => n.MissingLeft ? (byte)1 : (byte)0));
        WriteNumbers(writer, "covers", value.Covers);
        WriteNumbers(writer, "roots", value.Roots);
        WriteNumbers(writer, "gains", value.Gains);
        writer.WriteEndObject();
    }

    // Every platform that the product runs on (x64, arm64) is little-endian.
    private static T[] Numbers<T>(JsonElement root, string name) where T : unmanaged
    {
        var bytes = root.GetProperty(name).GetBytesFromBase64();
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }

    private static void WriteNumbers<T>(Utf8JsonWriter writer, string name, ReadOnlySpan<T> numbers) where T : unmanaged =>
        writer.WriteBase64String(name, MemoryMarshal.AsBytes(numbers));
}
