namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// Weighs the channels by what their means say: pooled, narrowed, widened again, and multiplied. Source: Hu et al.,
/// arXiv:1709.01507.
/// </summary>
/// <param name="Activation">Between narrowing and widening.</param>
/// <param name="Hard">Whether the weights come from the piecewise linear sigmoid.</param>
internal sealed record SqueezeExcitation(Activation Activation, bool Hard)
{
    public GraphValue Apply(GraphBuilder graph, GraphValue x, long squeezed)
    {
        var narrow = graph.Activate(graph.Conv(graph.GlobalAveragePool(x), squeezed, kernel: 1), Activation);
        var wide = graph.Conv(narrow, x.Channels, kernel: 1);
        return graph.Multiply(x, Hard ? graph.HardSigmoid(wide) : graph.Sigmoid(wide));
    }
}
