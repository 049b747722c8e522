namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Matrix products and recurrent layers.</summary>
internal static class MatrixRules
{
    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        ("Gemm", new(node => Gemm(node, right: 1), Costs: true)),
        ("MatMul", new(node => MatMul(node, right: 1), Costs: true)),
        ("MatMulInteger", new(node => MatMul(node, right: 1), Costs: true)),
        ("QLinearMatMul", new(node => MatMul(node, right: 3), Costs: true)),
        ("Einsum", new(EinsumRule.Infer, Costs: true)),
        ("Attention", new(AttentionRules.Standard, Costs: true)),
        ("LSTM", new(node => Recurrent(node, gates: 4), Costs: true)),
        ("GRU", new(node => Recurrent(node, gates: 3), Costs: true)),
        ("RNN", new(node => Recurrent(node, gates: 1), Costs: true)),
    ];

    public static NodeResult Gemm(NodeContext node, int right)
    {
        var (a, b) = (node.Shape(0), node.Shape(right));
        if (a.Count != 2 || b.Count != 2)
            throw new ShapeException("both factors must be matrices");
        var (rows, inner) = node.Int("transA", 0) == 0 ? (a[0], a[1]) : (a[1], a[0]);
        var (innerRight, columns) = node.Int("transB", 0) == 0 ? (b[0], b[1]) : (b[1], b[0]);
        return inner == innerRight
            ? NodeResult.Of([rows, columns], checked(rows * inner * columns))
            : throw new ShapeException($"the factors do not fit: {inner} against {innerRight}");
    }

    /// <summary>Products of the last two dimensions, broadcast over those before; a vector counts as a matrix with one row or column.</summary>
    public static NodeResult MatMul(NodeContext node, int right) => MatMul(node.Shape(0, minimumRank: 1), node.Shape(right, minimumRank: 1));

    public static NodeResult MatMul(IReadOnlyList<long> a, IReadOnlyList<long> b)
    {
        IReadOnlyList<long> left = a.Count == 1 ? [1, a[0]] : a;
        IReadOnlyList<long> other = b.Count == 1 ? [b[0], 1] : b;
        var (rows, inner, columns) = (left[^2], left[^1], other[^1]);
        if (inner != other[^2])
            throw new ShapeException($"the factors do not fit: {inner} against {other[^2]}");
        var batch = Broadcasting.Shape([.. left.SkipLast(2)], [.. other.SkipLast(2)]);
        List<long> shape = [.. batch];
        if (a.Count > 1)
            shape.Add(rows);
        if (b.Count > 1)
            shape.Add(columns);
        return NodeResult.Of(shape, checked(TensorFact.Elements(batch) * rows * inner * columns));
    }

    /// <summary>Input [steps, batch, features]; weights [directions, gates x hidden, features] and [directions, gates x hidden, hidden].</summary>
    private static NodeResult Recurrent(NodeContext node, long gates)
    {
        var (x, recurrence) = (node.Shape(0, minimumRank: 3), node.Shape(2, minimumRank: 3));
        var (directions, hidden) = (recurrence[0], recurrence[2]);
        var batchFirst = node.Int("layout", 0) == 1;
        var (steps, batch) = batchFirst ? (x[1], x[0]) : (x[0], x[1]);
        var macs = checked(steps * batch * directions * gates * hidden * (x[2] + hidden));
        var all = batchFirst ? TensorFact.Of([batch, steps, directions, hidden]) : TensorFact.Of([steps, directions, batch, hidden]);
        var last = batchFirst ? TensorFact.Of([batch, directions, hidden]) : TensorFact.Of([directions, batch, hidden]);
        return new NodeResult([all, last, last], macs);
    }
}
