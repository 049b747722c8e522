using static EnergyManager.Core.Onnx.Synthesis.Activation;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>EfficientNet: inverted residuals, all with squeeze and excitation. Source: Tan and Le, arXiv:1905.11946, table 1.</summary>
internal static class EfficientNet
{
    public static Architecture B0 { get; } = new MobileNetwork
    {
        Name = "efficientnet_b0",
        Activation = Silu,
        Stem = 32,
        Stages =
        [
            // Kernel, expansion, channels, stride, repeats.
            new(3, 1, 16, 1, 1, Silu, Excited: true),
            new(3, 6, 24, 2, 2, Silu, Excited: true),
            new(5, 6, 40, 2, 2, Silu, Excited: true),
            new(3, 6, 80, 2, 3, Silu, Excited: true),
            new(5, 6, 112, 1, 3, Silu, Excited: true),
            new(5, 6, 192, 2, 4, Silu, Excited: true),
            new(3, 6, 320, 1, 1, Silu, Excited: true),
        ],
        Head = 1280,
        Excitation = new(Silu, Hard: false),
    }.Architecture;
}
