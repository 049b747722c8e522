namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// SqueezeNet 1.1: fire modules, which squeeze to few channels with 1x1 kernels and expand again with 1x1 and 3x3 ones.
/// Source: Iandola et al., arXiv:1602.07360, and its 1.1 release; torchvision's model of this name. Dropout does nothing in
/// inference and is left out.
/// </summary>
internal static class SqueezeNet
{
    public static Architecture V11 { get; } = new("squeezenet1_1", Build);

    private static void Build(GraphBuilder graph)
    {
        var x = graph.Image();
        x = graph.Relu(graph.Conv(x, 64, kernel: 3, stride: 2));
        x = Pool(graph, x);
        x = Fire(graph, x, squeeze: 16, expand: 64);
        x = Fire(graph, x, squeeze: 16, expand: 64);
        x = Pool(graph, x);
        x = Fire(graph, x, squeeze: 32, expand: 128);
        x = Fire(graph, x, squeeze: 32, expand: 128);
        x = Pool(graph, x);
        x = Fire(graph, x, squeeze: 48, expand: 192);
        x = Fire(graph, x, squeeze: 48, expand: 192);
        x = Fire(graph, x, squeeze: 64, expand: 256);
        x = Fire(graph, x, squeeze: 64, expand: 256);
        x = graph.Relu(graph.Conv(x, 1000, kernel: 1));
        graph.Output(graph.Flatten(graph.GlobalAveragePool(x)), "output");
    }

    private static GraphValue Pool(GraphBuilder graph, GraphValue x) => graph.MaxPool(x, kernel: 3, stride: 2, ceiling: true);

    private static GraphValue Fire(GraphBuilder graph, GraphValue x, int squeeze, int expand)
    {
        var squeezed = graph.Relu(graph.Conv(x, squeeze, kernel: 1));
        return graph.Concat(
            graph.Relu(graph.Conv(squeezed, expand, kernel: 1)),
            graph.Relu(graph.Conv(squeezed, expand, kernel: 3, padding: 1)));
    }
}
