using static EnergyManager.Core.Onnx.Synthesis.Activation;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// GhostNet: half of the channels of each layer are cheap filters of the other half. Source: Han et al., arXiv:1911.11907, table 7
/// and figure 3; timm's ghostnet_100.
/// </summary>
internal static class GhostNet
{
    private static readonly SqueezeExcitation Excitation = new(Relu, Hard: true);

    // Kernel, channels within, channels that go out, stride, whether with squeeze and excitation.
    private static readonly (int Kernel, int Within, int Channels, int Stride, bool Excited)[] Blocks =
    [
        (3, 16, 16, 1, false),
        (3, 48, 24, 2, false),
        (3, 72, 24, 1, false),
        (5, 72, 40, 2, true),
        (5, 120, 40, 1, true),
        (3, 240, 80, 2, false),
        (3, 200, 80, 1, false),
        (3, 184, 80, 1, false),
        (3, 184, 80, 1, false),
        (3, 480, 112, 1, true),
        (3, 672, 112, 1, true),
        (5, 672, 160, 2, true),
        (5, 960, 160, 1, false),
        (5, 960, 160, 1, true),
        (5, 960, 160, 1, false),
        (5, 960, 160, 1, true),
    ];

    public static Architecture Width100 { get; } = new("ghostnet_100", Build);

    private static void Build(GraphBuilder graph)
    {
        var x = graph.ConvNorm(graph.Image(), 16, kernel: 3, stride: 2, activation: Relu);
        foreach (var (kernel, within, channels, stride, excited) in Blocks)
            x = Bottleneck(graph, x, kernel, within, channels, stride, excited);
        x = graph.GlobalAveragePool(graph.ConvNorm(x, 960, kernel: 1, activation: Relu));
        graph.Classify(graph.Relu(graph.Conv(x, 1280, kernel: 1)));
    }

    private static GraphValue Bottleneck(GraphBuilder graph, GraphValue x, int kernel, int within, int channels, int stride, bool excited)
    {
        var y = Ghosts(graph, x, within, Relu);
        if (stride > 1)
            y = graph.Depthwise(y, kernel, stride);
        if (excited)
            y = Excitation.Apply(graph, y, Layers.Divisible(within / 4.0, divisor: 4));
        y = Ghosts(graph, y, channels, None);
        var shortcut = stride == 1 && x.Channels == channels ? x : graph.ConvNorm(graph.Depthwise(x, kernel, stride), channels, kernel: 1);
        return graph.Add(y, shortcut);
    }

    private static GraphValue Ghosts(GraphBuilder graph, GraphValue x, int channels, Activation activation)
    {
        var primary = graph.ConvNorm(x, channels / 2, kernel: 1, activation: activation);
        return graph.Concat(primary, graph.Depthwise(primary, kernel: 3, activation: activation));
    }
}
