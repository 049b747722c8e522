namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// ResNet-18: pairs of 3x3 convolutions with a shortcut around each. Source: He et al., arXiv:1512.03385, table 1; 11,689,512
/// parameters and 1.81 GMACs at 224x224 as published with torchvision's resnet18.
/// </summary>
internal static class ResNet
{
    private const int BlocksPerStage = 2;

    public static Architecture Depth18 { get; } = new("resnet18", Build);

    private static void Build(GraphBuilder graph)
    {
        var x = graph.Input("input", 1, 3, 224, 224);
        x = graph.Relu(Normalized(graph, x, 64, kernel: 7, stride: 2));
        x = graph.MaxPool(x, kernel: 3, stride: 2, padding: 1);
        foreach (var channels in (int[])[64, 128, 256, 512])
        {
            for (var block = 0; block < BlocksPerStage; block++)
                x = Block(graph, x, channels, stride: block == 0 && channels != 64 ? 2 : 1);
        }

        graph.Output(graph.Linear(graph.Flatten(graph.GlobalAveragePool(x)), 1000), "output");
    }

    private static GraphValue Block(GraphBuilder graph, GraphValue x, int channels, int stride)
    {
        var y = graph.Relu(Normalized(graph, x, channels, kernel: 3, stride));
        y = Normalized(graph, y, channels, kernel: 3);
        var shortcut = stride == 1 && x.Channels == channels ? x : Normalized(graph, x, channels, kernel: 1, stride);
        return graph.Relu(graph.Add(y, shortcut));
    }

    private static GraphValue Normalized(GraphBuilder graph, GraphValue x, int channels, int kernel, int stride = 1) =>
        graph.BatchNorm(graph.Conv(x, channels, kernel, stride, padding: kernel / 2, bias: false));
}
