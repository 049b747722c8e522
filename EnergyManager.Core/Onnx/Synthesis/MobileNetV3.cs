using static EnergyManager.Core.Onnx.Synthesis.Activation;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// MobileNetV3: inverted residuals found by search, some with squeeze and excitation, and a last layer that was moved behind the
/// pooling. Source: Howard et al., arXiv:1905.02244, tables 1 and 2. Expansions are those that give the channels of these tables;
/// a network that is narrower keeps them, and keeps the layer behind the pooling as it is (timm's mobilenetv3).
/// </summary>
internal static class MobileNetV3
{
    public static Architecture Small075 { get; } = Small("mobilenetv3_small_075", width: 0.75);

    /// <summary>timm's mobilenetv3_small_100, torchvision's mobilenet_v3_small.</summary>
    public static Architecture Small100 { get; } = Small("mobilenetv3_small_100", width: 1);

    /// <summary>timm's mobilenetv3_large_100, torchvision's mobilenet_v3_large.</summary>
    public static Architecture Large100 { get; } = Network(
        "mobilenetv3_large_100",
        width: 1,
        [
            // Kernel, expansion, channels, stride, repeats.
            new(3, 1, 16, 1, 1, Relu),
            new(3, 4, 24, 2, 1, Relu),
            new(3, 3, 24, 1, 1, Relu),
            new(5, 3, 40, 2, 3, Relu, Excited: true),
            new(3, 6, 80, 2, 1, HardSwish),
            new(3, 2.5, 80, 1, 1, HardSwish),
            new(3, 2.3, 80, 1, 2, HardSwish),
            new(3, 6, 112, 1, 2, HardSwish, Excited: true),
            new(5, 6, 160, 2, 3, HardSwish, Excited: true),
        ],
        head: 960,
        features: 1280);

    private static Architecture Small(string name, double width) => Network(
        name,
        width,
        [
            new(3, 1, 16, 2, 1, Relu, Excited: true),
            new(3, 4.5, 24, 2, 1, Relu),
            new(3, 3.67, 24, 1, 1, Relu),
            new(5, 4, 40, 2, 1, HardSwish, Excited: true),
            new(5, 6, 40, 1, 2, HardSwish, Excited: true),
            new(5, 3, 48, 1, 2, HardSwish, Excited: true),
            new(5, 6, 96, 2, 3, HardSwish, Excited: true),
        ],
        head: 576,
        features: 1024);

    private static Architecture Network(string name, double width, MobileStage[] stages, int head, int features) => new MobileNetwork
    {
        Name = name,
        Activation = HardSwish,
        Stem = Layers.Divisible(16 * width),
        Stages = [.. stages.Select(stage => stage with { Channels = Layers.Divisible(stage.Channels * width) })],
        Head = Layers.Divisible(head * width),
        Features = features,
        Excitation = new(Relu, Hard: true),
        Squeezed = static (_, within) => Layers.Divisible(within / 4.0),
    }.Architecture;
}
