namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>What follows a convolution.</summary>
internal enum Activation
{
    None,
    Relu,
    Relu6,
    HardSwish,
    Silu,
}

/// <summary>What the networks have in common above single operators.</summary>
internal static class Layers
{
    public static GraphValue Image(this GraphBuilder graph, int size = 224) => graph.Input("input", 1, 3, size, size);

    /// <summary>A convolution that keeps the extent (but for its stride), batch normalisation, and an activation.</summary>
    public static GraphValue ConvNorm(
        this GraphBuilder graph, GraphValue x, long channels, int kernel, int stride = 1, long groups = 1, Activation activation = Activation.None) =>
        graph.Activate(graph.BatchNorm(graph.Conv(x, channels, kernel, stride, padding: kernel / 2, groups, bias: false)), activation);

    /// <summary>The same with a filter of its own for each channel.</summary>
    public static GraphValue Depthwise(this GraphBuilder graph, GraphValue x, int kernel, int stride = 1, Activation activation = Activation.None) =>
        graph.ConvNorm(x, x.Channels, kernel, stride, groups: x.Channels, activation);

    public static GraphValue Activate(this GraphBuilder graph, GraphValue x, Activation activation) => activation switch
    {
        Activation.Relu => graph.Relu(x),
        Activation.Relu6 => graph.Relu6(x),
        Activation.HardSwish => graph.HardSwish(x),
        Activation.Silu => graph.Silu(x),
        _ => x,
    };

    /// <summary>Scores for the 1000 classes of ImageNet from [batch, features] or [batch, features, 1, 1].</summary>
    public static void Classify(this GraphBuilder graph, GraphValue x) => graph.Output(graph.Linear(graph.Flatten(x), 1000), "output");

    /// <summary>
    /// Channels rounded to a multiple, at least one of it and not below 90 % of what was asked for: the rule of the MobileNet
    /// papers, which the networks after them took over.
    /// </summary>
    public static int Divisible(double channels, int divisor = 8)
    {
        var rounded = Math.Max(divisor, (int)(channels + divisor / 2.0) / divisor * divisor);
        return rounded < 0.9 * channels ? rounded + divisor : rounded;
    }
}
