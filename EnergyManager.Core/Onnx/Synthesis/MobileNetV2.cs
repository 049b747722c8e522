namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// MobileNetV2 at full width: inverted residuals, which widen with 1x1 kernels, filter each channel by itself and narrow
/// again. Source: Sandler et al., arXiv:1801.04381, table 2; 3,504,872 parameters and 0.30 GMACs at 224x224 as published with
/// torchvision's mobilenet_v2 and timm's mobilenetv2_100.
/// </summary>
internal static class MobileNetV2
{
    // Expansion, channels, repeats, stride of the first.
    private static readonly (int Expansion, int Channels, int Repeats, int Stride)[] Stages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    public static Architecture Width100 { get; } = new("mobilenetv2_100", Build);

    private static void Build(GraphBuilder graph)
    {
        var x = graph.Input("input", 1, 3, 224, 224);
        x = Activated(graph, x, 32, kernel: 3, stride: 2);
        foreach (var (expansion, channels, repeats, stride) in Stages)
        {
            for (var repeat = 0; repeat < repeats; repeat++)
                x = InvertedResidual(graph, x, expansion, channels, repeat == 0 ? stride : 1);
        }

        x = Activated(graph, x, 1280, kernel: 1);
        graph.Output(graph.Linear(graph.Flatten(graph.GlobalAveragePool(x)), 1000), "output");
    }

    private static GraphValue InvertedResidual(GraphBuilder graph, GraphValue x, int expansion, int channels, int stride)
    {
        var wide = expansion == 1 ? x : Activated(graph, x, x.Channels * expansion, kernel: 1);
        var filtered = Activated(graph, wide, wide.Channels, kernel: 3, stride, groups: wide.Channels);
        var narrow = graph.BatchNorm(graph.Conv(filtered, channels, kernel: 1, bias: false));
        return stride == 1 && x.Channels == channels ? graph.Add(x, narrow) : narrow;
    }

    private static GraphValue Activated(GraphBuilder graph, GraphValue x, long channels, int kernel, int stride = 1, long groups = 1) =>
        graph.Relu6(graph.BatchNorm(graph.Conv(x, channels, kernel, stride, padding: kernel / 2, groups, bias: false)));
}
