using static EnergyManager.Core.Onnx.Synthesis.Activation;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// ShuffleNetV2: half of the channels pass a block untouched, and a shuffle mixes the halves. Source: Ma et al.,
/// arXiv:1807.11164, table 5 and figure 3; torchvision's models of these names.
/// </summary>
internal static class ShuffleNetV2
{
    private const int Head = 1024;
    private const int Stem = 24;

    // Blocks of each stage, the first of which halves the extent.
    private static readonly int[] Blocks = [4, 8, 4];

    public static Architecture Width05 { get; } = new("shufflenet_v2_x0_5", graph => Build(graph, [48, 96, 192]));

    public static Architecture Width10 { get; } = new("shufflenet_v2_x1_0", graph => Build(graph, [116, 232, 464]));

    private static void Build(GraphBuilder graph, int[] channels)
    {
        var x = graph.ConvNorm(graph.Image(), Stem, kernel: 3, stride: 2, activation: Relu);
        x = graph.MaxPool(x, kernel: 3, stride: 2, padding: 1);
        foreach (var (blocks, width) in Blocks.Zip(channels))
        {
            x = Halved(graph, x, width);
            for (var block = 1; block < blocks; block++)
                x = Kept(graph, x);
        }

        graph.Classify(graph.GlobalAveragePool(graph.ConvNorm(x, Head, kernel: 1, activation: Relu)));
    }

    private static GraphValue Halved(GraphBuilder graph, GraphValue x, int channels)
    {
        var left = graph.ConvNorm(graph.Depthwise(x, kernel: 3, stride: 2), channels / 2, kernel: 1, activation: Relu);
        return Shuffled(graph, left, Branch(graph, x, channels / 2, stride: 2));
    }

    private static GraphValue Kept(GraphBuilder graph, GraphValue x)
    {
        var (left, right) = graph.Halves(x);
        return Shuffled(graph, left, Branch(graph, right, right.Channels, stride: 1));
    }

    private static GraphValue Branch(GraphBuilder graph, GraphValue x, long channels, int stride)
    {
        var filtered = graph.Depthwise(graph.ConvNorm(x, channels, kernel: 1, activation: Relu), kernel: 3, stride);
        return graph.ConvNorm(filtered, channels, kernel: 1, activation: Relu);
    }

    /// <summary>Channels of both in turn.</summary>
    private static GraphValue Shuffled(GraphBuilder graph, GraphValue left, GraphValue right)
    {
        var joined = graph.Concat(left, right);
        var (batch, channels, height, width) = (joined.Shape[0], joined.Shape[1], joined.Shape[2], joined.Shape[3]);
        var pairs = graph.Swap(graph.Reshape(joined, batch, 2, channels / 2, height, width), 1, 2);
        return graph.Reshape(pairs, batch, channels, height, width);
    }
}
