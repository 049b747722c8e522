using static EnergyManager.Core.Onnx.Synthesis.Activation;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>MnasNet: inverted residuals found by search on a phone. Source: Tan et al., arXiv:1807.11626, figure 7.</summary>
internal static class MnasNet
{
    private static readonly MobileStage[] StagesOfB1 =
    [
        // Kernel, expansion, channels, stride, repeats.
        new(3, 1, 16, 1, 1),
        new(3, 3, 24, 2, 3),
        new(5, 3, 40, 2, 3),
        new(5, 6, 80, 2, 3),
        new(3, 6, 96, 1, 2),
        new(5, 6, 192, 2, 4),
        new(3, 6, 320, 1, 1),
    ];

    /// <summary>MnasNet-B1 at half width: torchvision's mnasnet0_5.</summary>
    public static Architecture Width050 { get; } = B1("mnasnet0_5", width: 0.5);

    /// <summary>MnasNet-B1: timm's mnasnet_100, torchvision's mnasnet1_0.</summary>
    public static Architecture Width100 { get; } = B1("mnasnet_100", width: 1);

    /// <summary>The small one of the authors' code: timm's mnasnet_small.</summary>
    public static Architecture Small { get; } = new MobileNetwork
    {
        Name = "mnasnet_small",
        Activation = Relu,
        Stem = 8,
        Stages =
        [
            new(3, 1, 8, 1, 1),
            new(3, 3, 16, 2, 1),
            new(3, 6, 16, 2, 2),
            new(5, 6, 32, 2, 4, Excited: true),
            new(3, 6, 32, 1, 3, Excited: true),
            new(5, 6, 88, 2, 3, Excited: true),
            new(3, 6, 144, 1, 1),
        ],
        Head = 1280,
    }.Architecture;

    private static Architecture B1(string name, double width) => new MobileNetwork
    {
        Name = name,
        Activation = Relu,
        Stem = Layers.Divisible(32 * width),
        Stages = [.. StagesOfB1.Select(stage => stage with { Channels = Layers.Divisible(stage.Channels * width) })],
        Head = 1280,
    }.Architecture;
}
