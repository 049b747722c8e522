namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Operators of com.microsoft: what the optimiser of ONNX Runtime fuses and its quantiser writes.</summary>
internal static class MicrosoftRules
{
    private static readonly string[] KeepShape =
    [
        "BiasGelu", "DequantizeLinear", "FastGelu", "Gelu", "GroupNorm", "QLinearLeakyRelu", "QLinearSigmoid", "QLinearSoftmax", "QuantizeLinear", "QuickGelu",
        "RotaryEmbedding", "SkipLayerNormalization", "SkipSimplifiedLayerNormalization",
    ];

    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        .. KeepShape.Select(name => (name, new OperatorRule(node => NodeResult.Of(node.Shape(0))))),
        ("FusedConv", new(node => ConvolutionRules.Convolve(node, weight: 1), Costs: true)),
        ("NhwcFusedConv", new(node => ConvolutionRules.Convolve(node, weight: 1, channelsLast: true), Costs: true)),
        ("QLinearConv", new(node => ConvolutionRules.Convolve(node, weight: 3, channelsLast: node.Int("channels_last", 0) != 0), Costs: true)),
        ("QLinearGlobalAveragePool", new(ConvolutionRules.PoolAll)),
        ("QLinearAveragePool", new(node => node.Int("channels_last", 0) == 0 ? ConvolutionRules.Pool(node) : throw new ShapeException("channels come last"))),
        ("QLinearAdd", new(Quantised)),
        ("QLinearMul", new(Quantised)),
        ("QLinearConcat", new(QuantisedConcat)),
        ("FusedGemm", new(node => MatrixRules.Gemm(node, right: 1), Costs: true)),
        ("QGemm", new(node => MatrixRules.Gemm(node, right: 3), Costs: true)),
        ("FusedMatMul", new(FusedMatMul, Costs: true)),
        ("TransposeMatMul", new(FusedMatMul, Costs: true)),
        ("DynamicQuantizeMatMul", new(node => MatrixRules.MatMul(node, right: 1), Costs: true)),
        ("MatMulIntegerToFloat", new(node => MatrixRules.MatMul(node, right: 1), Costs: true)),
        ("MatMulNBits", new(PackedMatMul, Costs: true)),
        ("MatMulBnb4", new(PackedMatMul, Costs: true)),
        ("Attention", new(AttentionRules.Projected, Costs: true)),
        ("MultiHeadAttention", new(AttentionRules.MultiHead, Costs: true)),
    ];

    /// <summary>Both factors are followed by scale and zero point.</summary>
    private static NodeResult Quantised(NodeContext node) => NodeResult.Of(Broadcasting.Shape(node.Shape(0), node.Shape(3)));

    /// <summary>Scale and zero point of the result, then each part with its own.</summary>
    private static NodeResult QuantisedConcat(NodeContext node)
    {
        var shape = node.Shape(2, minimumRank: 1).ToArray();
        var axis = NodeContext.Axis(node.Int("axis", 1), shape.Length);
        for (var index = 5; index < node.InputCount; index += 3)
            shape[axis] = checked(shape[axis] + node.Shape(index, minimumRank: shape.Length)[axis]);
        return NodeResult.Of(shape);
    }

    private static NodeResult FusedMatMul(NodeContext node)
    {
        if (node.Int("transBatchA", 0) != 0 || node.Int("transBatchB", 0) != 0)
            throw new ShapeException("a transposed batch is not followed");
        return MatrixRules.MatMul(Side(0, "transA"), Side(1, "transB"));

        IReadOnlyList<long> Side(int index, string attribute)
        {
            var x = node.Shape(index, minimumRank: 1);
            return node.Int(attribute, 0) != 0 && x.Count > 1 ? [.. x.SkipLast(2), x[^1], x[^2]] : x;
        }
    }

    /// <summary>The right factor is packed: its size is in the attributes.</summary>
    private static NodeResult PackedMatMul(NodeContext node)
    {
        var (x, inner, columns) = (node.Shape(0, minimumRank: 1), node.Int("K", 0), node.Int("N", 0));
        return x[^1] == inner && columns > 0
            ? NodeResult.Of([.. x.SkipLast(1), columns], checked(TensorFact.Elements(x) * columns))
            : throw new ShapeException("the factors do not fit");
    }
}
