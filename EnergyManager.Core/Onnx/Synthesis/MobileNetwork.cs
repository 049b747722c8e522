namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// Inverted residuals of one kind in a row: widened with 1x1 kernels, filtered channel by channel, weighed by squeeze and
/// excitation where there is one, and narrowed again without activation.
/// </summary>
/// <param name="Kernel">Extent of the filters.</param>
/// <param name="Expansion">Channels within, as a multiple of those that come in; 1: not widened.</param>
/// <param name="Channels">Channels that go out.</param>
/// <param name="Stride">Stride of the first of them.</param>
/// <param name="Repeats">How many.</param>
/// <param name="Activation">Activation within.</param>
/// <param name="Excited">Whether with squeeze and excitation.</param>
internal sealed record MobileStage(
    int Kernel, double Expansion, int Channels, int Stride, int Repeats, Activation Activation = Activation.Relu, bool Excited = false);

/// <summary>
/// A network of inverted residuals, the family of MobileNetV2 (Sandler et al., arXiv:1801.04381): members differ in their
/// tables, activations and heads.
/// </summary>
internal sealed record MobileNetwork
{
    public required string Name { get; init; }

    /// <summary>Channels of the first convolution, which halves the extent.</summary>
    public required int Stem { get; init; }

    public required IReadOnlyList<MobileStage> Stages { get; init; }

    /// <summary>Channels of the last convolution.</summary>
    public required int Head { get; init; }

    /// <summary>Features of a further layer behind the pooling; <c>null</c> without one.</summary>
    public int? Features { get; init; }

    /// <summary>Activation of everything outside of the stages.</summary>
    public required Activation Activation { get; init; }

    public SqueezeExcitation Excitation { get; init; } = new(Activation.Relu, Hard: false);

    /// <summary>Channels that an excitation squeezes to, from those that enter the block and those within it.</summary>
    public Func<long, long, long> Squeezed { get; init; } = static (input, _) => input / 4;

    public Architecture Architecture => new(Name, Build);

    private void Build(GraphBuilder graph)
    {
        var x = graph.ConvNorm(graph.Image(), Stem, kernel: 3, stride: 2, activation: Activation);
        foreach (var stage in Stages)
        {
            for (var repeat = 0; repeat < stage.Repeats; repeat++)
                x = Block(graph, x, stage, repeat == 0 ? stage.Stride : 1);
        }

        x = graph.GlobalAveragePool(graph.ConvNorm(x, Head, kernel: 1, activation: Activation));
        if (Features is { } features)
            x = graph.Activate(graph.Conv(x, features, kernel: 1), Activation);
        graph.Classify(x);
    }

    private GraphValue Block(GraphBuilder graph, GraphValue x, MobileStage stage, int stride)
    {
        var wide = stage.Expansion == 1 ? x : graph.ConvNorm(x, Layers.Divisible(x.Channels * stage.Expansion), kernel: 1, activation: stage.Activation);
        var filtered = graph.Depthwise(wide, stage.Kernel, stride, stage.Activation);
        if (stage.Excited)
            filtered = Excitation.Apply(graph, filtered, Squeezed(x.Channels, filtered.Channels));
        var narrow = graph.ConvNorm(filtered, stage.Channels, kernel: 1);
        return stride == 1 && x.Channels == stage.Channels ? graph.Add(x, narrow) : narrow;
    }
}
