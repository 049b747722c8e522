using System.Globalization;

namespace EnergyManager.Tests.Core.Onnx.Synthesis;

/// <summary>What is published of an architecture with 1000 classes at 224x224.</summary>
/// <param name="Name">Name as in <c>models synthesize</c>.</param>
/// <param name="Parameters">Parameters, to the unit.</param>
/// <param name="Gmacs">Billions of multiply-accumulates, with the digits that are published.</param>
/// <param name="ActivationsM">Activations in millions, as timm's benchmark tables have them; <c>null</c> where they do not have it.</param>
/// <param name="Tolerance">Relative difference of multiply-accumulates that is allowed beyond the digits that are published.</param>
/// <param name="Source">Where parameters and multiply-accumulates are published.</param>
internal sealed record PublishedFigures(string Name, long Parameters, string Gmacs, double? ActivationsM, string Source, double Tolerance = 0.01)
{
    private const string Torchvision = "torchvision, `num_params` and `_ops` of the weights of ";

    public static IReadOnlyList<PublishedFigures> All { get; } =
    [
        new("squeezenet1_1", 1_235_496, "0.349", null, Torchvision + "`squeezenet1_1`"),
        new("mobilenetv2_100", 3_504_872, "0.301", 6.68, Torchvision + "`mobilenet_v2`"),
        // The paper counts a little more than torchvision does of the same network: 219 million for the large one.
        new("mobilenetv3_small_075", 2_041_872, "0.044", 1.30, "timm's definition of `mobilenetv3_small_075` (2.04 million); MACs: arXiv:1905.02244, table 4", Tolerance: 0.015),
        new("mobilenetv3_small_100", 2_542_856, "0.057", 1.42, Torchvision + "`mobilenet_v3_small`"),
        new("mobilenetv3_large_100", 5_483_032, "0.217", 4.41, Torchvision + "`mobilenet_v3_large`"),
        new("efficientnet_b0", 5_288_548, "0.386", 6.75, Torchvision + "`efficientnet_b0`"),
        new("mnasnet0_5", 2_218_512, "0.104", null, Torchvision + "`mnasnet0_5`"),
        new("mnasnet_100", 4_383_312, "0.314", 5.46, Torchvision + "`mnasnet1_0`"),
        new("mnasnet_small", 2_030_264, "0.07", 2.16, "timm's definition of `mnasnet_small` (2.03 million); MACs: timm's benchmark tables"),
        new("shufflenet_v2_x0_5", 1_366_792, "0.04", null, Torchvision + "`shufflenet_v2_x0_5`"),
        new("shufflenet_v2_x1_0", 2_278_604, "0.145", null, Torchvision + "`shufflenet_v2_x1_0`"),
        new("ghostnet_100", 5_182_508, "0.141", 3.55, "timm's definition of `ghostnet_100` (5.18 million); MACs: arXiv:1911.11907, table 7"),
        new("resnet18", 11_689_512, "1.814", 2.48, Torchvision + "`resnet18`"),
        new("resnet34", 21_797_672, "3.664", 3.74, Torchvision + "`resnet34`"),
        new("resnet50", 25_557_032, "4.089", 11.11, Torchvision + "`resnet50`"),
    ];

    /// <summary>The tolerance, or half of the last digit that is published.</summary>
    public bool AgreesWith(double gmacs)
    {
        var published = double.Parse(Gmacs, CultureInfo.InvariantCulture);
        var decimals = Gmacs.Length - Gmacs.IndexOf('.') - 1;
        return Math.Abs(gmacs - published) <= Math.Max(published * Tolerance, 0.5 * Math.Pow(10, -decimals));
    }
}
