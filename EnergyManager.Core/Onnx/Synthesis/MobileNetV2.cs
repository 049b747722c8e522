using static EnergyManager.Core.Onnx.Synthesis.Activation;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>MobileNetV2. Source: Sandler et al., arXiv:1801.04381, table 2.</summary>
internal static class MobileNetV2
{
    /// <summary>Full width: timm's mobilenetv2_100, torchvision's mobilenet_v2.</summary>
    public static Architecture Width100 { get; } = new MobileNetwork
    {
        Name = "mobilenetv2_100",
        Activation = Relu6,
        Stem = 32,
        Stages =
        [
            // Kernel, expansion, channels, stride, repeats.
            new(3, 1, 16, 1, 1, Relu6),
            new(3, 6, 24, 2, 2, Relu6),
            new(3, 6, 32, 2, 3, Relu6),
            new(3, 6, 64, 2, 4, Relu6),
            new(3, 6, 96, 1, 3, Relu6),
            new(3, 6, 160, 2, 3, Relu6),
            new(3, 6, 320, 1, 1, Relu6),
        ],
        Head = 1280,
    }.Architecture;
}
