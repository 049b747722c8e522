using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Onnx.Format;
using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Tells the weights among the constants of a model from shapes, limits, scales and statistics.</summary>
internal sealed class WeightCounter
{
    // Inputs that configure an operator, by position: limits, sizes, quantisation scales and zero points, statistics.
    private static readonly Dictionary<string, int[]> Configuring = new(StringComparer.Ordinal)
    {
        ["BatchNormalization"] = [3, 4],
        ["Clip"] = [1, 2],
        ["ConvInteger"] = [2, 3],
        ["DequantizeLinear"] = [1, 2],
        ["Dropout"] = [1, 2],
        ["DynamicQuantizeMatMul"] = [2, 3],
        ["MatMulBnb4"] = [2],
        ["MatMulInteger"] = [2, 3],
        ["MatMulIntegerToFloat"] = [2, 3, 4, 5],
        ["MatMulNBits"] = [2, 3, 4],
        ["Pad"] = [1, 2, 3],
        ["QGemm"] = [1, 2, 4, 5, 7, 8],
        ["QLinearAdd"] = [1, 2, 4, 5, 6, 7],
        ["QLinearAveragePool"] = [1, 2, 3, 4],
        ["QLinearConv"] = [1, 2, 4, 5, 6, 7],
        ["QLinearGlobalAveragePool"] = [1, 2, 3, 4],
        ["QLinearLeakyRelu"] = [1, 2, 3, 4],
        ["QLinearMatMul"] = [1, 2, 4, 5, 6, 7],
        ["QLinearMul"] = [1, 2, 4, 5, 6, 7],
        ["QLinearSigmoid"] = [1, 2, 3, 4],
        ["QLinearSoftmax"] = [1, 2, 3, 4],
        ["QuantizeLinear"] = [1, 2],
        ["Resize"] = [1, 2, 3],
        ["Upsample"] = [1],
    };

    private readonly Dictionary<DataType, long> _byType = [];
    private readonly HashSet<TensorProto> _counted = new(ReferenceEqualityComparer.Instance);

    /// <summary>Elements of all weights, and the format of most of them.</summary>
    public static (long Parameters, Precision? Precision) Count(ModelProto model)
    {
        var counter = new WeightCounter();
        counter.Count(model.Graph, outer: null);
        foreach (var function in model.Functions)
            counter.Count(function.Node, new Constants(null, [], function.Node));
        var most = counter._byType.OrderByDescending(entry => entry.Value).Select(entry => (DataType?)entry.Key).FirstOrDefault();
        return (counter._byType.Values.Aggregate(0L, (sum, elements) => checked(sum + elements)), PrecisionOf(most));
    }

    private void Count(GraphProto graph, Constants? outer) => Count(graph.Node, new Constants(outer, graph.Initializer, graph.Node));

    private void Count(IEnumerable<NodeProto> nodes, Constants constants)
    {
        var (scores, derived) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var node in nodes)
        {
            // A weight may reach its product transposed, converted or dequantised.
            var computed = node.Input.Any(name => name.Length > 0 && constants.Find(name) is null && !derived.Contains(name));
            if (!computed)
                derived.UnionWith(node.Output);
            var onScores = IsOnScores(node, scores, name => constants.Find(name) is not null || derived.Contains(name));
            for (var index = 0; index < node.Input.Count; index++)
            {
                if (constants.Find(node.Input[index]) is { } tensor && !onScores && IsWeight(node, index, tensor) && _counted.Add(tensor))
                {
                    var packed = Packed(node, index);
                    var type = packed is null ? (DataType)tensor.DataType : DataType.Uint4;
                    _byType[type] = checked(_byType.GetValueOrDefault(type) + (packed ?? Tensors.Elements(tensor)));
                }
            }

            foreach (var attribute in node.Attribute.Where(attribute => attribute.G is not null))
                Count(attribute.G, constants);
        }
    }

    private static bool IsWeight(NodeProto node, int index, TensorProto tensor)
    {
        // A constant without dimensions is a factor or a limit of the architecture, not something that was learned.
        if (tensor.Dims.Count == 0 || (Configuring.TryGetValue(node.OpType, out var positions) && positions.Contains(index)))
            return false;
        return (DataType)tensor.DataType switch
        {
            DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16 or DataType.Int8 or DataType.Uint8 or DataType.Int4 or DataType.Uint4
                or DataType.Float8E4M3Fn or DataType.Float8E4M3Fnuz or DataType.Float8E5M2 or DataType.Float8E5M2Fnuz => true,
            // Otherwise 32-bit integers are indices and sizes; here they are quantised biases.
            DataType.Int32 => (node.OpType, index) is ("QLinearConv", 8) or ("QGemm", 6) or ("DequantizeLinear", 0),
            _ => false,
        };
    }

    /// <summary>
    /// Whether a node changes the scores of attention, which are products of two computed matrices. What is added to them is a
    /// mask, or a table of relative positions that the exporter has written out for every pair of positions: many times the
    /// parameters that were learned.
    /// </summary>
    private static bool IsOnScores(NodeProto node, HashSet<string> scores, Func<string, bool> isConstant)
    {
        var product = node.OpType == "MatMul" && node.Input.Count == 2 && !node.Input.Any(isConstant);
        var change = node.OpType is "Add" or "Div" or "Mul" or "Reshape" or "Unsqueeze" or "Where" && node.Input.Any(scores.Contains);
        if (product || change)
            scores.UnionWith(node.Output);
        return change;
    }

    /// <summary>Elements of a weight that holds several in one; <c>null</c> for any other.</summary>
    private static long? Packed(NodeProto node, int index)
    {
        if (node.OpType is not ("MatMulNBits" or "MatMulBnb4") || index != 1)
            return null;
        var (inner, columns) = (Size("K"), Size("N"));
        return inner > 0 && columns > 0 ? checked(inner * columns) : null;

        long Size(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? 0;
    }

    private static Precision? PrecisionOf(DataType? type) => type switch
    {
        DataType.Float => Precision.Fp32,
        DataType.Float16 or DataType.Bfloat16 => Precision.Fp16,
        DataType.Int8 or DataType.Uint8 => Precision.Int8,
        _ => null,
    };

    /// <summary>Constants that the nodes of one graph can see: its own, and those of the graphs around it.</summary>
    private sealed class Constants
    {
        private readonly Constants? _outer;
        private readonly Dictionary<string, TensorProto> _byName = new(StringComparer.Ordinal);

        public Constants(Constants? outer, IEnumerable<TensorProto> initializers, IEnumerable<NodeProto> nodes)
        {
            _outer = outer;
            foreach (var tensor in initializers)
                _byName[tensor.Name] = tensor;
            foreach (var node in nodes.Where(node => node.OpType == "Constant" && node.Output.Count == 1))
            {
                if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } tensor)
                    _byName[node.Output[0]] = tensor;
            }
        }

        public TensorProto? Find(string name) => _byName.GetValueOrDefault(name) ?? _outer?.Find(name);
    }
}
