namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Operators that keep the shape of their first input, or broadcast their inputs against each other.</summary>
internal static class ElementwiseRules
{
    private static readonly string[] KeepShape =
    [
        "Abs", "Acos", "Asin", "Atan", "BatchNormalization", "Bernoulli", "BitwiseNot", "CastLike", "Ceil", "Celu", "Clip", "Cos", "Cosh", "CumSum",
        "DequantizeLinear", "Dropout", "Elu", "Erf", "Exp", "Floor", "Gelu", "GroupNormalization", "HardSigmoid", "HardSwish", "Hardmax",
        "InstanceNormalization", "IsInf", "IsNaN", "LRN", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "LpNormalization",
        "MeanVarianceNormalization", "Mish", "Neg", "Not", "PRelu", "QuantizeLinear", "RMSNormalization", "Reciprocal", "Relu", "Round", "ScatterElements",
        "ScatterND", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softmax", "Softplus", "Softsign", "Sqrt", "Swish", "Tan", "Tanh", "ThresholdedRelu",
        "Trilu",
    ];

    private static readonly string[] Broadcast =
    [
        "And", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Mean", "Min", "Mod",
        "Or", "Pow", "Sum", "Where", "Xor",
    ];

    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        .. KeepShape.Select(name => (name, new OperatorRule(node => NodeResult.Of(node.Shape(0))))),
        .. Broadcast.Select(name => (name, new OperatorRule(node => NodeResult.Of(Broadcasted(node))))),
        ("Identity", new(node => NodeResult.Of(node.Input(0)))),
        ("Cast", new(node => NodeResult.Of(node.Input(0)))),
        ("Add", new(node => Arithmetic(node, static (a, b) => checked(a + b)))),
        ("Sub", new(node => Arithmetic(node, static (a, b) => checked(a - b)))),
        ("Mul", new(node => Arithmetic(node, static (a, b) => checked(a * b)))),
        ("Div", new(node => Arithmetic(node, static (a, b) => b == 0 ? throw new ShapeException("division by zero") : checked(a / b)))),
    ];

    private static IReadOnlyList<long> Broadcasted(NodeContext node) =>
        Broadcasting.Shape([node.Shape(0), .. Enumerable.Range(1, node.InputCount - 1).Select(index => node.Shape(index))]);

    /// <summary>Also on contents that are known: exporters compute sizes of reshapes inside the graph.</summary>
    private static NodeResult Arithmetic(NodeContext node, Func<long, long, long> apply)
    {
        var shape = Broadcasted(node);
        if (node.Input(0).Integers is not { Count: > 0 } left || node.Input(1).Integers is not { Count: > 0 } right)
            return NodeResult.Of(shape);
        var count = Math.Max(left.Count, right.Count);
        if ((left.Count != count && left.Count != 1) || (right.Count != count && right.Count != 1) || TensorFact.Elements(shape) != count)
            return NodeResult.Of(shape);
        long[] values = [.. Enumerable.Range(0, count).Select(i => apply(left[left.Count == 1 ? 0 : i], right[right.Count == 1 ? 0 : i]))];
        return NodeResult.Of(TensorFact.Of(shape) with { Integers = values });
    }
}
