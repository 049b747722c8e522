namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Attention as one operator: the products of queries with keys, and of the weights that come of them with values.</summary>
internal static class AttentionRules
{
    /// <summary>
    /// The operator of the standard set: queries [batch, heads, length, width], keys and values likewise, or
    /// [batch, length, heads x width] with the number of heads as attributes.
    /// </summary>
    public static NodeResult Standard(NodeContext node)
    {
        var (q, k, v) = (Heads(node, 0, "q_num_heads"), Heads(node, 1, "kv_num_heads"), Heads(node, 2, "kv_num_heads"));
        var past = node.Has(4) ? node.Shape(4, minimumRank: 4)[2] : 0;
        long[] shape = node.Shape(0).Count == 3 ? [q[0], q[2], checked(q[1] * v[3])] : [q[0], q[1], q[2], v[3]];
        return Products(shape, q[0], q[1], q[2], checked(k[2] + past), q[3], v[3]);
    }

    /// <summary>Of com.microsoft: projection of one input [batch, length, width] and attention in one.</summary>
    public static NodeResult Projected(NodeContext node)
    {
        var (x, w) = (node.Shape(0, minimumRank: 3), node.Shape(1, minimumRank: 2));
        var heads = HeadCount(node, "num_heads");
        var hidden = node.Ints("qkv_hidden_sizes") is [var query, _, var value] ? (Query: query, Value: value) : (Query: w[1] / 3, Value: w[1] / 3);
        var past = node.Has(4) ? node.Shape(4, minimumRank: 5)[3] : 0;
        var attention = Products([x[0], x[1], hidden.Value], x[0], heads, x[1], checked(x[1] + past), hidden.Query / heads, hidden.Value / heads);
        var rows = checked(x[0] * x[1]);
        return attention with { Macs = checked(attention.Macs + rows * w[0] * w[1]), Activations = checked(attention.Activations + rows * w[1]) };
    }

    /// <summary>Of com.microsoft: queries, keys and values [batch, length, heads x width].</summary>
    public static NodeResult MultiHead(NodeContext node)
    {
        if (!node.Has(1) || !node.Has(2) || node.Shape(0).Count != 3 || node.Shape(1).Count != 3 || node.Shape(2).Count != 3)
            throw new ShapeException("queries, keys and values that are packed into one are not followed");
        var (q, k, v) = (node.Shape(0), node.Shape(1), node.Shape(2));
        var heads = HeadCount(node, "num_heads");
        var past = node.Has(6) ? node.Shape(6, minimumRank: 4)[2] : 0;
        return Products([q[0], q[1], v[2]], q[0], heads, q[1], checked(k[1] + past), q[2] / heads, v[2] / heads);
    }

    private static NodeResult Products(IReadOnlyList<long> shape, long batch, long heads, long queries, long keys, long width, long valueWidth)
    {
        var scores = checked(batch * heads * queries * keys);
        return new([TensorFact.Of(shape)], checked(scores * (width + valueWidth)), checked(scores + batch * heads * queries * valueWidth));
    }

    private static IReadOnlyList<long> Heads(NodeContext node, int index, string attribute)
    {
        var x = node.Shape(index, minimumRank: 3);
        if (x.Count > 3)
            return x;
        var heads = HeadCount(node, attribute);
        return [x[0], heads, x[1], x[2] / heads];
    }

    private static long HeadCount(NodeContext node, string attribute) =>
        node.Int(attribute, 0) is > 0 and var heads ? heads : throw new ShapeException($"'{attribute}' is missing");
}
