using System.Text.Json;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Core.Onnx.Exported;

/// <summary>The contract of tools/export_model.py: progress in lines of JSON, a whole file or none, and one sentence on a failure.</summary>
public sealed class ExporterCommandTests : IDisposable
{
    // What timm offers of what the exporter uses, on top of torchvision: timm is in no distribution.
    private const string FakeTimm = """
        import torchvision

        def list_models():
            return ["tiny_net", "resnet18"]

        def create_model(name, pretrained=False, exportable=False):
            if pretrained:
                raise OSError("no connection to the hub\nand more")
            network = torchvision.models.shufflenet_v2_x0_5()
            network.default_cfg = {"input_size": (3, 96, 96)}
            return network
        """;

    private readonly TemporaryDirectory _directory = new();

    private string Output => _directory["model.onnx"];

    public void Dispose() => _directory.Dispose();

    [TorchFact]
    public async Task Export_ModelOfTimm_TakesItsInputSizeAndWritesOneWholeFile()
    {
        var result = await ExportAsync("tiny_net", "--random");

        result.ExitCode.ShouldBe(0, string.Join(Environment.NewLine, result.Error));
        var stages = result.Output.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        stages.Select(stage => stage.GetProperty("stage").GetString()).ShouldBe(["import", "weights", "export", "done"]);
        stages.ShouldAllBe(stage => stage.GetProperty("message").GetString()!.Length > 0);
        Directory.GetFiles(_directory.Path, "*.onnx").ShouldBe([Output]);
        Directory.GetFiles(_directory.Path, "*.part").ShouldBeEmpty();
        var inspection = OnnxInspector.Inspect(Output, new InspectorLimits(), CancellationToken.None);
        inspection.InputHeight.ShouldBe(96);
        inspection.RandomWeights.ShouldBeTrue();
        inspection.Opset.ShouldBe(17);
    }

    [TorchFact]
    public async Task Export_WeightsOutOfReach_SaysSoAndThatThereAreRandomOnes()
    {
        await File.WriteAllTextAsync(Output, "before");

        var result = await ExportAsync("tiny_net", "--library", "timm");

        Sentence(result).ShouldBe(
            "The trained weights of tiny_net could not be had from timm (OSError: no connection to the hub): mend the connection, or use --random, which measures cost but not accuracy.");
        (await File.ReadAllTextAsync(Output)).ShouldBe("before");
    }

    [TorchFact]
    public async Task Export_UnknownModel_NamesNearOnes() =>
        Sentence(await ExportAsync("mobilenet_v3_smal", "--random")).ShouldStartWith("There is no model 'mobilenet_v3_smal' in timm or torchvision; near are mobilenet_v3_small, ");

    [TorchFact]
    public async Task Export_PythonWithoutPyTorch_SaysWhatToInstall()
    {
        // -S: without the packages of the distribution.
        var result = await TorchPython.RunAsync(
            TorchPython.ExecutablePath!, ["-I", "-S", Path.Combine(TorchPython.Tools, "export_model.py"), "resnet18", "--output", Output]);

        Sentence(result).ShouldContain("has no PyTorch: install it (pip install torch timm; Debian and Ubuntu: apt-get install python3-torchvision).");
    }

    [TorchTheory]
    [InlineData("There is no folder ", "resnet18", "--output", "/nonexistent/model.onnx")]
    [InlineData("--input-size is 3; it goes from 8 to 4096.", "resnet18", "--output", "model.onnx", "--input-size", "3")]
    [InlineData("The following arguments are required: model, --output", "--random")]
    [InlineData("Argument --library: invalid choice: 'keras'", "resnet18", "--output", "model.onnx", "--library", "keras")]
    public async Task Export_BadArgument_SaysWhich(string sentence, params string[] arguments) =>
        Sentence(await TorchPython.ExportAsync(TorchPython.ExecutablePath!, arguments)).ShouldStartWith(sentence);

    private async Task<PythonResult> ExportAsync(string model, params string[] arguments)
    {
        var package = Directory.CreateDirectory(_directory[Path.Combine("packages", "timm")]);
        await File.WriteAllTextAsync(Path.Combine(package.FullName, "__init__.py"), FakeTimm);
        return await TorchPython.ExportAsync(
            TorchPython.ExecutablePath!, [model, "--output", Output, .. arguments], new Dictionary<string, string> { ["PYTHONPATH"] = package.Parent!.FullName });
    }

    private static string Sentence(PythonResult result)
    {
        result.ExitCode.ShouldNotBe(0);
        return result.Error[^1];
    }
}
