using EnergyManager.Core.Onnx.Inspection;
using Xunit.Abstractions;

namespace EnergyManager.Tests.Core.Onnx.Inspection;

/// <summary>
/// Files that the exporter of PyTorch wrote of torchvision's models, named <c>architecture[-variant].onnx</c>, in the folder
/// that the variable names. They are too large to be part of the project; without the variable the tests say so and look at nothing.
/// </summary>
public sealed class RealExportTests(ITestOutputHelper output)
{
    private const string Variable = "ENERGYMANAGER_ONNX_FILES";

    /// <summary>
    /// Parameters in millions and GMACs at 224 pixels (inception_v3: 299), as https://docs.pytorch.org/vision/stable/models.html
    /// publishes them ("GFLOPS" there are multiply-accumulates of convolutions and matrix products, those of attention included).
    /// </summary>
    private static readonly Dictionary<string, (double ParamsM, double Gmacs)> Published = new(StringComparer.Ordinal)
    {
        ["convnext_tiny"] = (28.589, 4.46),
        ["densenet121"] = (7.979, 2.83),
        ["efficientnet_b0"] = (5.289, 0.39),
        ["googlenet"] = (6.625, 1.50),
        ["inception_v3"] = (23.835, 5.71),
        ["mnasnet1_0"] = (4.383, 0.31),
        ["mobilenet_v2"] = (3.505, 0.30),
        ["mobilenet_v3_large"] = (5.483, 0.22),
        ["mobilenet_v3_small"] = (2.543, 0.06),
        ["regnet_y_400mf"] = (4.344, 0.40),
        ["resnet18"] = (11.690, 1.81),
        ["resnet50"] = (25.557, 4.09),
        ["shufflenet_v2_x1_0"] = (2.279, 0.14),
        ["squeezenet1_1"] = (1.235, 0.35),
        ["swin_t"] = (28.288, 4.49),
        ["vgg11"] = (132.863, 7.61),
        ["vit_b_16"] = (86.568, 17.56),
    };

    [Fact]
    public void Inspect_RealExports_AgreeWithWhatIsPublished()
    {
        foreach (var file in Files())
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (!Published.TryGetValue(name.Split('-')[0], out var published) || name.EndsWith("external", StringComparison.Ordinal))
                continue;
            var inspection = OnnxInspector.Inspect(file, new InspectorLimits(), CancellationToken.None).PerInput();
            output.WriteLine($"{name}: {inspection.ParamsM:0.000} M (published {published.ParamsM}), {inspection.Gmacs:0.000} GMACs ({published.Gmacs})");
            inspection.Complete.ShouldBeTrue(name);
            // The exporter folds the two parameters a channel of batch normalisation into convolutions, and stores equal constants once.
            (inspection.ParamsM / published.ParamsM).ShouldBeInRange(0.99, 1.002, name);
            // Published with two decimals.
            Math.Abs(inspection.Gmacs - published.Gmacs).ShouldBeLessThanOrEqualTo(0.0051 + 0.005 * published.Gmacs, name);
        }
    }

    [Fact]
    public void Inspect_RealExportsWithDamage_EitherAnswerOrRefuse()
    {
        foreach (var file in Files().OrderBy(file => new FileInfo(file).Length).Where(file => new FileInfo(file).Length > 1_000_000).Take(3))
        {
            var damage = new DamagedFile(File.ReadAllBytes(file), seed: 11);
            var cut = damage.CutAtEveryPercent();
            var flipped = damage.FlipBytes(2000);
            output.WriteLine($"{Path.GetFileName(file)}: {cut}; {flipped}");
            cut.Answered.ShouldBe(0, file);
            flipped.PeakBytes.ShouldBeLessThan(200_000_000, file);
        }
    }

    private IReadOnlyList<string> Files()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
            return [.. Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal)];
        output.WriteLine($"{Variable} names no folder of exported models: none was inspected.");
        return [];
    }
}
