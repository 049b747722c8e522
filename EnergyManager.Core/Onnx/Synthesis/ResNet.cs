using static EnergyManager.Core.Onnx.Synthesis.Activation;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// ResNet: convolutions with a shortcut around each pair of them, or around each bottleneck of three. Source: He et al.,
/// arXiv:1512.03385, table 1. Bottlenecks have their stride in the 3x3 convolution, as those that torchvision and timm publish.
/// </summary>
internal static class ResNet
{
    private const int BottleneckExpansion = 4;

    public static Architecture Depth18 { get; } = new("resnet18", graph => Build(graph, [2, 2, 2, 2], Pair));

    public static Architecture Depth34 { get; } = new("resnet34", graph => Build(graph, [3, 4, 6, 3], Pair));

    public static Architecture Depth50 { get; } = new("resnet50", graph => Build(graph, [3, 4, 6, 3], Bottleneck));

    private static void Build(GraphBuilder graph, int[] blocks, Func<GraphBuilder, GraphValue, int, int, GraphValue> block)
    {
        var x = graph.ConvNorm(graph.Image(), 64, kernel: 7, stride: 2, activation: Relu);
        x = graph.MaxPool(x, kernel: 3, stride: 2, padding: 1);
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            for (var index = 0; index < blocks[stage]; index++)
            {
                var stride = index == 0 && stage > 0 ? 2 : 1;
                var y = block(graph, x, 64 << stage, stride);
                var identical = stride == 1 && x.Channels == y.Channels;
                var sum = graph.Add(y, identical ? x : graph.ConvNorm(x, y.Channels, kernel: 1, stride));
                var rectified = graph.Relu(sum);
                // What passed unchanged is not below zero: little is cut.
                x = identical ? rectified with { MeanSquare = sum.MeanSquare } : rectified;
            }
        }

        graph.Classify(graph.GlobalAveragePool(x));
    }

    private static GraphValue Pair(GraphBuilder graph, GraphValue x, int channels, int stride) =>
        graph.ConvNorm(graph.ConvNorm(x, channels, kernel: 3, stride, activation: Relu), channels, kernel: 3);

    private static GraphValue Bottleneck(GraphBuilder graph, GraphValue x, int channels, int stride)
    {
        var narrow = graph.ConvNorm(x, channels, kernel: 1, activation: Relu);
        var filtered = graph.ConvNorm(narrow, channels, kernel: 3, stride, activation: Relu);
        return graph.ConvNorm(filtered, channels * BottleneckExpansion, kernel: 1);
    }
}
