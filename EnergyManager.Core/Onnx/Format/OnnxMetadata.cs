using System.Text;

namespace EnergyManager.Core.Onnx.Format;

/// <summary>The metadata of an ONNX file, read without its graph.</summary>
internal static class OnnxMetadata
{
    /// <summary>Key under which a model says that its weights are random; the value is <c>true</c>.</summary>
    public const string RandomWeightsKey = "energymanager.random_weights";

    private const int MaximumEntryBytes = 16 * 1024;
    private const int MaximumEntries = 1000;

    /// <summary>Whether a file with this name is ONNX and says that its weights are random. <c>false</c> for anything unreadable.</summary>
    public static bool SaysRandomWeights(string fileName, string path)
    {
        if (!IsOnnx(fileName))
            return false;
        using var stream = File.OpenRead(path);
        return SaysRandomWeights(fileName, stream);
    }

    /// <inheritdoc cref="SaysRandomWeights(string, string)"/>
    public static bool SaysRandomWeights(string fileName, Stream stream) => IsOnnx(fileName) && SaysRandomWeights(Read(stream));

    /// <summary>Whether entries say that the weights are random.</summary>
    public static bool SaysRandomWeights(IEnumerable<(string Key, string Value)> entries) =>
        entries.Any(entry => entry.Key == RandomWeightsKey && string.Equals(entry.Value, "true", StringComparison.OrdinalIgnoreCase));

    /// <summary>The entries up to the end or to the first damage.</summary>
    public static IReadOnlyList<(string Key, string Value)> Read(Stream stream) =>
    [
        .. ProtoFields.Read(stream, 0, stream.Length)
            .Where(field => field is { Number: ModelProto.MetadataPropsFieldNumber, WireType: 2, Length: <= MaximumEntryBytes })
            .Take(MaximumEntries)
            .Select(field => Entry(stream, field)),
    ];

    private static (string Key, string Value) Entry(Stream stream, ProtoField entry)
    {
        var (key, value) = ("", "");
        foreach (var field in ProtoFields.Read(stream, entry.Start, entry.Start + entry.Length).Where(field => field.WireType == 2))
        {
            if (field.Number == StringStringEntryProto.KeyFieldNumber)
                key = Text(stream, field);
            else if (field.Number == StringStringEntryProto.ValueFieldNumber)
                value = Text(stream, field);
        }

        return (key, value);
    }

    private static string Text(Stream stream, ProtoField field)
    {
        var bytes = new byte[field.Length];
        stream.Position = field.Start;
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static bool IsOnnx(string fileName) => fileName.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
}
