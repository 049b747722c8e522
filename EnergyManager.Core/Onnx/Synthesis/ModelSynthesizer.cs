using System.Globalization;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Format;
using Google.Protobuf;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// Writes known architectures as ONNX files with seeded random weights: energy and latency depend on the graph, not on the
/// weights, so that a cost can be measured without any download. The files say what they are in their own metadata.
/// </summary>
public static class ModelSynthesizer
{
    /// <summary>Name of the producer in the files.</summary>
    public const string Producer = "EnergyManager";

    private const int IrVersion = 8;

    private static readonly Architecture[] Known =
    [
        SqueezeNet.V11,
        MobileNetV2.Width100,
        MobileNetV3.Small075,
        MobileNetV3.Small100,
        MobileNetV3.Large100,
        EfficientNet.B0,
        MnasNet.Width050,
        MnasNet.Width100,
        MnasNet.Small,
        ShuffleNetV2.Width05,
        ShuffleNetV2.Width10,
        GhostNet.Width100,
        ResNet.Depth18,
        ResNet.Depth34,
        ResNet.Depth50,
    ];

    /// <summary>Names of the architectures, as in the benchmark tables where these have them, else as torchvision's.</summary>
    public static IReadOnlyList<string> Architectures { get; } = [.. Known.Select(architecture => architecture.Name)];

    /// <summary>The bytes of an ONNX file. The same name and seed give the same bytes.</summary>
    /// <param name="name">One of <see cref="Architectures"/>.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ModelStoreException">No such architecture.</exception>
    public static byte[] Write(string name, int seed = 1)
    {
        var architecture = Known.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ModelStoreException($"There is no architecture '{name}' to synthesize; known are {string.Join(", ", Architectures)}.") { Field = "model_name" };
        var builder = new GraphBuilder(architecture.Name, seed);
        architecture.Build(builder);
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = Producer,
            DocString = $"{architecture.Name}, {ModelArtifact.RandomWeightsLabel}",
            Graph = builder.Graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = GraphBuilder.Opset });
        model.MetadataProps.Add(new StringStringEntryProto { Key = OnnxMetadata.RandomWeightsKey, Value = "true" });
        model.MetadataProps.Add(new StringStringEntryProto { Key = "energymanager.seed", Value = seed.ToString(CultureInfo.InvariantCulture) });
        model.MetadataProps.Add(new StringStringEntryProto { Key = "energymanager.architecture", Value = architecture.Name });
        return model.ToByteArray();
    }

    /// <summary>Writes an architecture into the store as <c>&lt;name&gt;.onnx</c>, in place of a file of that name.</summary>
    /// <param name="name">One of <see cref="Architectures"/>.</param>
    /// <param name="store">Where to.</param>
    /// <param name="cancellationToken">Stops the write; nothing is left behind.</param>
    /// <exception cref="ModelStoreException">No such architecture, or the store refuses.</exception>
    public static async Task<ModelArtifact> SynthesizeAsync(string name, IModelStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var content = new MemoryStream(Write(name), writable: false);
        return await store.AddAsync(
            name.ToLowerInvariant() + ".onnx", content, content.Length, new ArtifactOrigin("synthesized by EnergyManager", RandomWeights: true), expectedSha256: null, cancellationToken);
    }
}
