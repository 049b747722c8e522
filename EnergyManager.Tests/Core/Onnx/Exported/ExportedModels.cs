using System.Text.Json;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Runtime;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Core.Onnx.Exported;

/// <summary>One model that PyTorch exported, with an input and what PyTorch makes of it.</summary>
/// <param name="Name">torchvision's name.</param>
/// <param name="File">The ONNX file.</param>
/// <param name="Parameters">As PyTorch counts them.</param>
/// <param name="Input">A random image.</param>
/// <param name="Expected">PyTorch's output for it.</param>
internal sealed record ExportedModel(string Name, string File, long Parameters, OnnxTensor Input, OnnxTensor Expected)
{
    public OnnxInspection Inspect() => OnnxInspector.Inspect(File, new InspectorLimits(), CancellationToken.None);

    /// <summary>Largest difference to PyTorch's output, and the largest value of that.</summary>
    public (double Difference, double Scale) Compare(ReadOnlySpan<float> actual)
    {
        var expected = Expected.As<float>();
        actual.Length.ShouldBe(expected.Length);
        var (difference, scale) = (0.0, 0.0);
        for (var index = 0; index < expected.Length; index++)
        {
            difference = Math.Max(difference, Math.Abs((double)actual[index] - expected[index]));
            scale = Math.Max(scale, Math.Abs((double)expected[index]));
        }

        return (difference, scale);
    }
}

/// <summary>
/// Files that the exporter made of torchvision's models, by one process: importing PyTorch takes longer than an export. Weights are
/// random, always the same.
/// </summary>
public sealed class ExportedModels : IAsyncLifetime
{
    /// <summary>torchvision's names, each with the name of the same architecture in <c>models synthesize</c>.</summary>
    internal static IReadOnlyDictionary<string, string> Synthesized { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["mobilenet_v3_small"] = "mobilenetv3_small_100",
        ["shufflenet_v2_x0_5"] = "shufflenet_v2_x0_5",
        ["mnasnet0_5"] = "mnasnet0_5",
        ["resnet18"] = "resnet18",
        ["efficientnet_b0"] = "efficientnet_b0",
    };

    private const string Program = """
        import sys
        sys.path.insert(0, sys.argv[1])
        import export_model
        for name in sys.argv[3:]:
            file = sys.argv[2] + "/" + name
            code = export_model.main([name, "--random", "--library", "torchvision", "--output", file + ".onnx", "--reference", file])
            if code:
                sys.exit(code)
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, ExportedModel> _models = new(StringComparer.Ordinal);

    internal ExportedModel this[string name] => _models[name];

    internal IReadOnlyCollection<ExportedModel> All => _models.Values;

    public async Task InitializeAsync()
    {
        // The tests say what is missing.
        if (TorchPython.ExecutablePath is not { } python)
            return;
        var result = await TorchPython.RunAsync(python, ["-c", Program, TorchPython.Tools, _directory.Path, .. Synthesized.Keys]);
        result.ExitCode.ShouldBe(0, string.Join(Environment.NewLine, result.Error));
        var parameters = result.Output.Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("stage").GetString() == "done")
            .Select(line => line.GetProperty("parameters").GetInt64());
        foreach (var (name, count) in Synthesized.Keys.Zip(parameters))
        {
            var (input, output) = (new OnnxTensorInfo("input", "float", [1, 3, 224, 224]), new OnnxTensorInfo("output", "float", [1, 1000]));
            _models[name] = new ExportedModel(
                name, _directory[name + ".onnx"], count, TensorFile.Read(_directory[Path.Combine(name, "input.npy")], input),
                TensorFile.Read(_directory[Path.Combine(name, "output.npy")], output));
        }
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }
}

[CollectionDefinition(nameof(ExportedModelsCollection))]
public sealed class ExportedModelsCollection : ICollectionFixture<ExportedModels>;
