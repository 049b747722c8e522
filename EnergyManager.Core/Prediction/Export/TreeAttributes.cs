using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Prediction.Boosting;
using Google.Protobuf;
using AttributeType = EnergyManager.Core.Onnx.Format.AttributeProto.Types.AttributeType;

namespace EnergyManager.Core.Prediction.Export;

/// <summary>
/// A forest as the attributes of a TreeEnsembleRegressor (https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html):
/// parallel lists with an entry for each node, and others with one for each leaf. Thresholds are 64-bit floats: rounded to 32
/// bits, a threshold would send rows near it the other way.
/// </summary>
internal static class TreeAttributes
{
    public static IEnumerable<AttributeProto> Of(RegressionForest forest)
    {
        var (nodes, roots) = (forest.Nodes.ToArray(), forest.Roots.ToArray());
        var tree = new long[nodes.Length];
        for (var t = 0; t < roots.Length; t++)
            Array.Fill(tree, t, roots[t], (t + 1 < roots.Length ? roots[t + 1] : nodes.Length) - roots[t]);
        // Nodes are numbered within their tree; of a pre-order the left child is the next one.
        var number = Enumerable.Range(0, nodes.Length).Select(i => (long)(i - roots[tree[i]])).ToArray();
        int[] leaves = [.. Enumerable.Range(0, nodes.Length).Where(i => nodes[i].IsLeaf)];
        return
        [
            ArithmeticGraph.Attribute("n_targets", 1),
            Text("aggregate_function", "SUM"),
            Text("post_transform", "NONE"),
            Numbers("base_values_as_tensor", [forest.BaseValue]),
            Integers("nodes_treeids", tree),
            Integers("nodes_nodeids", number),
            Integers("nodes_featureids", nodes.Select(node => (long)Math.Max(node.Feature, (short)0))),
            Texts("nodes_modes", nodes.Select(node => node.IsLeaf ? "LEAF" : "BRANCH_LEQ")),
            Numbers("nodes_values_as_tensor", [.. nodes.Select(node => node.IsLeaf ? 0 : node.Value)]),
            Integers("nodes_truenodeids", nodes.Select((node, i) => node.IsLeaf ? 0 : number[i] + 1)),
            Integers("nodes_falsenodeids", nodes.Select((node, i) => node.IsLeaf ? 0 : number[node.Right])),
            Integers("nodes_missing_value_tracks_true", nodes.Select(node => !node.IsLeaf && node.MissingLeft ? 1L : 0)),
            Integers("target_treeids", leaves.Select(i => tree[i])),
            Integers("target_nodeids", leaves.Select(i => number[i])),
            Integers("target_ids", leaves.Select(_ => 0L)),
            Numbers("target_weights_as_tensor", [.. leaves.Select(i => nodes[i].Value)]),
        ];
    }

    private static AttributeProto Integers(string name, IEnumerable<long> values) => new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    private static AttributeProto Text(string name, string value) => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    private static AttributeProto Texts(string name, IEnumerable<string> values) =>
        new() { Name = name, Type = AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } };

    private static AttributeProto Numbers(string name, IReadOnlyList<double> values) =>
        new() { Name = name, Type = AttributeType.Tensor, T = ArithmeticGraph.Tensor(name, values, values.Count) };
}
