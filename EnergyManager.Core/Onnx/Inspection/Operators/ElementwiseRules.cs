using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Operators that keep the shape of their first input, or broadcast their inputs against each other.</summary>
internal static class ElementwiseRules
{
    private static readonly string[] KeepShape =
    [
        "Acos", "Asin", "Atan", "BatchNormalization", "Bernoulli", "BitwiseNot", "CastLike", "Celu", "Clip", "Cos", "Cosh", "CumSum",
        "DequantizeLinear", "Dropout", "Elu", "Erf", "Exp", "Gelu", "GroupNormalization", "HardSigmoid", "HardSwish", "Hardmax",
        "InstanceNormalization", "IsInf", "IsNaN", "LRN", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "LpNormalization",
        "MeanVarianceNormalization", "Mish", "PRelu", "QuantizeLinear", "RMSNormalization", "Reciprocal", "Relu", "ReverseSequence", "RotaryEmbedding", "ScatterElements",
        "ScatterND", "Selu", "Shrink", "Sigmoid", "SimplifiedLayerNormalization", "Sin", "Sinh", "Softmax", "Softplus", "Softsign", "Swish", "Tan", "Tanh", "ThresholdedRelu",
        "Trilu",
    ];

    private static readonly string[] Broadcast = ["BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Mean", "Xor"];

    // The operators that exporters compute sizes with: their numbers are followed.
    private static readonly (string Operator, Func<double, double> Apply)[] Changing =
    [
        ("Abs", Math.Abs), ("Ceil", Math.Ceiling), ("Floor", Math.Floor), ("Neg", static x => -x), ("Not", static x => Truth(x == 0)),
        ("Round", static x => Math.Round(x, MidpointRounding.ToEven)), ("Sign", static x => double.IsNaN(x) ? x : Math.Sign(x)), ("Sqrt", Math.Sqrt),
    ];

    private static readonly (string Operator, Func<double, double, double> Apply)[] Combining =
    [
        ("Add", static (a, b) => a + b), ("Sub", static (a, b) => a - b), ("Mul", static (a, b) => a * b), ("Pow", Math.Pow),
        ("Max", Math.Max), ("Min", Math.Min), ("Sum", static (a, b) => a + b),
        ("And", static (a, b) => Truth(a != 0 && b != 0)), ("Or", static (a, b) => Truth(a != 0 || b != 0)),
        ("Equal", static (a, b) => Truth(a.Equals(b))), ("Less", static (a, b) => Truth(a < b)), ("LessOrEqual", static (a, b) => Truth(a <= b)),
        ("Greater", static (a, b) => Truth(a > b)), ("GreaterOrEqual", static (a, b) => Truth(a >= b)),
    ];

    private static readonly string[] Comparing = ["And", "Or", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"];

    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        .. KeepShape.Select(name => (name, new OperatorRule(node => NodeResult.Of(node.Shape(0))))),
        .. Broadcast.Select(name => (name, new OperatorRule(node => NodeResult.Of(Broadcasted(node))))),
        .. Changing.Select(entry => (entry.Operator, new OperatorRule(node => Change(node, entry.Apply)))),
        .. Combining.Select(entry => (entry.Operator, new OperatorRule(node => Combine(node, Comparing.Contains(entry.Operator), entry.Apply)))),
        ("Div", new(node => Combine(node, comparing: false, Whole(node) ? static (a, b) => Math.Truncate(a / b) : static (a, b) => a / b))),
        ("Mod", new(node => Combine(node, comparing: false, node.Int("fmod", 0) != 0 ? static (a, b) => a % b : static (a, b) => a - b * Math.Floor(a / b)))),
        ("DynamicQuantizeLinear", new(node => new NodeResult([TensorFact.Of(node.Shape(0)), TensorFact.Of(), TensorFact.Of()]))),
        ("Where", new(Where)),
        ("Identity", new(node => NodeResult.Of(node.Input(0)))),
        ("Cast", new(Cast)),
    ];

    private static double Truth(bool value) => value ? 1 : 0;

    private static bool Whole(NodeContext node) => node.Inputs.All(input => input.Content is { Whole: true });

    private static IReadOnlyList<long> Broadcasted(NodeContext node) =>
        Broadcasting.Shape([node.Shape(0), .. Enumerable.Range(1, node.InputCount - 1).Select(index => node.Shape(index))]);

    private static NodeResult Change(NodeContext node, Func<double, double> apply) =>
        NodeResult.Of(TensorFact.Of(node.Shape(0)) with { Content = node.Input(0).Content?.Map(apply) });

    private static NodeResult Combine(NodeContext node, bool comparing, Func<double, double, double> apply)
    {
        var shape = Broadcasted(node);
        var content = Content.Combine(shape, node.Inputs, comparing || Whole(node), numbers => numbers.Aggregate(apply));
        // Dividing by 0 leaves nothing that could be a size.
        return NodeResult.Of(TensorFact.Of(shape) with { Content = content?.Numbers.All(double.IsFinite) == true ? content : null });
    }

    private static NodeResult Where(NodeContext node)
    {
        var shape = Broadcasted(node);
        var whole = node.Input(1).Content is { Whole: true } && node.Input(2).Content is { Whole: true };
        return NodeResult.Of(TensorFact.Of(shape) with { Content = Content.Combine(shape, node.Inputs, whole, static n => n[0] != 0 ? n[1] : n[2]) });
    }

    private static NodeResult Cast(NodeContext node)
    {
        var input = node.Input(0);
        if (input.Content is not { } content)
            return NodeResult.Of(input);
        content = (DataType)node.Int("to", 0) switch
        {
            DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16 => content with { Whole = false },
            DataType.Bool => content.Map(static x => Truth(x != 0)) with { Whole = true },
            _ => content.Map(Math.Truncate) with { Whole = true },
        };
        return NodeResult.Of(input with { Content = content });
    }
}
