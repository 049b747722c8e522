using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction;

/// <summary>
/// A forest as JSON, its arrays as base64 of Brotli-compressed little-endian numbers: exact, and a tenth of the size of
/// decimal numbers. For example
/// <c>{"base_value":1.2,"values":"...","rights":"...","features":"...","missing_left":"...","covers":"...","roots":"...","gains":"..."}</c>.
/// </summary>
internal sealed class RegressionForestConverter : JsonConverter<RegressionForest>
{
    /// <summary>Nodes that are read at most: a damaged file must not fill the memory.</summary>
    private const int MaximumNodes = 2_000_000;

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
                nodes[i] = new TreeNode(values[i], rights[i] > 0 ? i + rights[i] : 0, features[i], missingLeft[i] != 0);
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
        // Distances compress better than indices; 0 is a leaf.
        WriteNumbers<int>(writer, "rights", [.. nodes.Select((n, i) => n.IsLeaf ? 0 : n.Right - i)]);
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
        using var brotli = new BrotliStream(new MemoryStream(root.GetProperty(name).GetBytesFromBase64(), writable: false), CompressionMode.Decompress);
        using var numbers = new MemoryStream();
        var buffer = new byte[81_920];
        while (brotli.Read(buffer) is > 0 and var read)
        {
            numbers.Write(buffer, 0, read);
            if (numbers.Length > MaximumNodes * (long)Marshal.SizeOf<T>())
                throw new JsonException($"The forest's {name} hold more than {MaximumNodes} numbers.");
        }
        return MemoryMarshal.Cast<byte, T>(numbers.GetBuffer().AsSpan(0, (int)numbers.Length)).ToArray();
    }

    private static void WriteNumbers<T>(Utf8JsonWriter writer, string name, ReadOnlySpan<T> numbers) where T : unmanaged
    {
        using var bytes = new MemoryStream();
        using (var brotli = new BrotliStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
            brotli.Write(MemoryMarshal.AsBytes(numbers));
        writer.WriteBase64String(name, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
