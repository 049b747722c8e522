using EnergyManager.Core.Onnx.Format;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>A node with what is known of its inputs. Its members throw <see cref="ShapeException"/> for what is not known.</summary>
/// <param name="node">The node.</param>
/// <param name="inputs">Facts of its inputs; <c>null</c> for one that is left out.</param>
/// <param name="opset">Version of the standard operator set.</param>
/// <param name="caller">Attributes of the node that calls the function that this node is in, by name.</param>
internal sealed class NodeContext(
    NodeProto node, IReadOnlyList<TensorFact?> inputs, long opset, IReadOnlyDictionary<string, AttributeProto>? caller = null)
{
    /// <summary>More dimensions than any model has; a chain of hostile operators would otherwise grow without end.</summary>
    private const int MaximumRank = 32;

    public string OperatorType => node.OpType;

    public long Opset => opset;

    public int InputCount => inputs.Count;

    public int OutputCount => node.Output.Count;

    /// <summary>Whether an optional input is given.</summary>
    public bool Has(int index) => index < inputs.Count && inputs[index] is not null;

    public TensorFact Input(int index) => Has(index) ? inputs[index]! : throw new ShapeException($"input {index} is missing");

    public IReadOnlyList<long> Shape(int index)
    {
        var shape = Input(index).Shape ?? throw new ShapeException($"the shape of '{node.Input[index]}' is not known");
        return shape.Count <= MaximumRank ? shape : throw new ShapeException($"'{node.Input[index]}' has {shape.Count} dimensions");
    }

    public IReadOnlyList<long> Shape(int index, int minimumRank)
    {
        var shape = Shape(index);
        return shape.Count >= minimumRank ? shape : throw new ShapeException($"'{node.Input[index]}' has {shape.Count} dimensions, {minimumRank} are needed");
    }

    public IReadOnlyList<TensorFact> Inputs => [.. Enumerable.Range(0, InputCount).Select(Input)];

    public IReadOnlyList<long> Integers(int index) => Input(index).Content is { Whole: true } content
        ? content.Integers
        : throw new ShapeException($"the content of '{node.Input[index]}' is not known");

    /// <summary>A list that is an input in newer operator sets and was an attribute in older ones; <c>null</c> when it is neither.</summary>
    public IReadOnlyList<long>? IntegersOrAttribute(int index, string attribute) => Has(index) ? Integers(index) : Ints(attribute);

    public long Int(string name, long missing) => Find(name) is { HasI: true } attribute ? attribute.I : missing;

    public float Float(string name, float missing) => Find(name) is { HasF: true } attribute ? attribute.F : missing;

    public string Text(string name, string missing) => Find(name) is { HasS: true } attribute ? attribute.S.ToStringUtf8() : missing;

    public IReadOnlyList<long>? Ints(string name) => Find(name) is { Ints.Count: > 0 } attribute ? attribute.Ints : null;

    public TensorProto? Tensor(string name) => Find(name)?.T;

    /// <summary>An axis, counted from the end when it is negative.</summary>
    public static int Axis(long axis, int rank)
    {
        var positive = axis < 0 ? axis + rank : axis;
        return positive >= 0 && positive < rank ? (int)positive : throw new ShapeException($"there is no axis {axis} among {rank} dimensions");
    }

    public GraphProto? Graph(string name) => Find(name)?.G;

    private AttributeProto? Find(string name)
    {
        var attribute = node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
        return attribute is { RefAttrName.Length: > 0 } ? caller?.GetValueOrDefault(attribute.RefAttrName) : attribute;
    }
}

/// <summary>What a node puts out and what it costs.</summary>
/// <param name="Outputs">Facts about the outputs, in order; those beyond are not known.</param>
/// <param name="Macs">Multiply-accumulates.</param>
/// <param name="Activations">Elements of all products, for an operator that does several in one; otherwise those of the first output.</param>
internal sealed record NodeResult(IReadOnlyList<TensorFact> Outputs, long Macs = 0, long? Activations = null)
{
    public static NodeResult Of(TensorFact output, long macs = 0) => new([output], macs);

    public static NodeResult Of(IReadOnlyList<long> shape, long macs = 0) => new([TensorFact.Of(shape)], macs);
}

/// <summary>Knowledge of one operator.</summary>
/// <param name="Infer">Shape and cost from the inputs.</param>
/// <param name="Costs">Whether it does multiply-accumulates: when its shapes are not known, the count is then incomplete.</param>
internal sealed record OperatorRule(Func<NodeContext, NodeResult> Infer, bool Costs = false);
