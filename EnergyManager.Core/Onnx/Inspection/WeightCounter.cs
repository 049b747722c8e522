using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Onnx.Format;
using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Tells the weights among the constants of a graph from shapes, limits, scales and statistics.</summary>
internal static class WeightCounter
{
    // Inputs that configure an operator, by position: limits, sizes, quantisation scales and zero points, statistics.
    private static readonly Dictionary<string, int[]> Configuring = new(StringComparer.Ordinal)
    {
        ["BatchNormalization"] = [3, 4],
        ["Clip"] = [1, 2],
        ["ConvInteger"] = [2, 3],
        ["DequantizeLinear"] = [1, 2],
        ["Dropout"] = [1, 2],
        ["MatMulInteger"] = [2, 3],
        ["Pad"] = [1, 2, 3],
        ["QLinearConv"] = [1, 2, 4, 5, 6, 7],
        ["QLinearMatMul"] = [1, 2, 4, 5, 6, 7],
        ["QuantizeLinear"] = [1, 2],
        ["Resize"] = [1, 2, 3],
        ["Upsample"] = [1],
    };

    /// <summary>Elements of all weights, and the format of most of them.</summary>
    public static (long Parameters, Precision? Precision) Count(GraphProto graph)
    {
        var constants = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
            constants[tensor.Name] = tensor;
        foreach (var node in graph.Node.Where(node => node.OpType == "Constant" && node.Output.Count == 1))
        {
            if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } tensor)
                constants[node.Output[0]] = tensor;
        }

        var byType = new Dictionary<DataType, long>();
        var counted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Node)
        {
            for (var index = 0; index < node.Input.Count; index++)
            {
                if (constants.TryGetValue(node.Input[index], out var tensor) && IsWeight(node, index, tensor) && counted.Add(node.Input[index]))
                {
                    var type = (DataType)tensor.DataType;
                    byType[type] = checked(byType.GetValueOrDefault(type) + Tensors.Elements(tensor));
                }
            }
        }

        var most = byType.OrderByDescending(entry => entry.Value).Select(entry => (DataType?)entry.Key).FirstOrDefault();
        return (byType.Values.Aggregate(0L, (sum, elements) => checked(sum + elements)), PrecisionOf(most));
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
            DataType.Int32 => (node.OpType, index) is ("QLinearConv", 8) or ("DequantizeLinear", 0),
            _ => false,
        };
    }

    private static Precision? PrecisionOf(DataType? type) => type switch
    {
        DataType.Float => Precision.Fp32,
        DataType.Float16 or DataType.Bfloat16 => Precision.Fp16,
        DataType.Int8 or DataType.Uint8 => Precision.Int8,
        _ => null,
    };
}
