using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Inspection.Operators;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Walks a graph in its order, following shapes and adding up what the operators cost.</summary>
internal sealed class GraphWalker(GraphProto graph, long opset, InspectorLimits limits)
{
    private readonly Dictionary<string, TensorFact> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ValueInfoProto> _declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _symbols = new(limits.NamedDimensions, StringComparer.Ordinal);
    private readonly List<string> _assumptions = [];
    private readonly HashSet<string> _unresolved = new(StringComparer.Ordinal);

    public long Macs { get; private set; }

    public long Activations { get; private set; }

    /// <summary>Size in pixels of the first input that is an image.</summary>
    public (long Width, long Height)? ImageSize { get; private set; }

    public int UnresolvedNodes { get; private set; }

    public IReadOnlyCollection<string> Unresolved => _unresolved;

    public IReadOnlyList<string> Assumptions => _assumptions;

    /// <summary>Shape of a value after the walk, or <c>null</c>.</summary>
    public IReadOnlyList<long>? ShapeOf(string name) => _facts.GetValueOrDefault(name)?.Shape;

    public void Walk(IEnumerable<ValueInfoProto> inputs, CancellationToken cancellationToken)
    {
        foreach (var initializer in graph.Initializer)
            _facts[initializer.Name] = IndexRules.OfTensor(initializer);
        foreach (var input in inputs)
            _facts[input.Name] = Assume(input);
        foreach (var value in graph.ValueInfo)
            _declared[value.Name] = value;
        foreach (var node in graph.Node)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Visit(node);
        }
    }

    private void Visit(NodeProto node)
    {
        IReadOnlyList<TensorFact> outputs = [];
        if (OperatorRules.Find(node.Domain, node.OpType) is not { } rule)
        {
            NotCounted($"{OnnxInspector.FullName(node)}: this operator is not known");
        }
        else
        {
            try
            {
                var result = Infer(node, rule);
                outputs = result.Outputs;
                Macs = checked(Macs + result.Macs);
                if (rule.Costs && outputs[0].Shape is { } shape)
                    Activations = checked(Activations + TensorFact.Elements(shape));
            }
            catch (ShapeException exception)
            {
                if (rule.Costs)
                    NotCounted($"{node.OpType} '{node.Name}': {exception.Message}");
            }
        }

        for (var index = 0; index < node.Output.Count; index++)
            _facts[node.Output[index]] = index < outputs.Count && outputs[index].Shape is not null ? outputs[index] : Declared(node.Output[index]);
    }

    private NodeResult Infer(NodeProto node, OperatorRule rule)
    {
        if (node.Output.Count == 0)
            throw new ShapeException("the node has no output");
        var result = rule.Infer(new NodeContext(node, [.. node.Input.Select(Fact)], opset));
        // Only sizes near the end of the number range come out negative.
        return result.Macs >= 0 && result.Outputs.All(output => output.Shape?.All(size => size >= 0) ?? true)
            ? result
            : throw new OverflowException();
    }

    private void NotCounted(string reason)
    {
        UnresolvedNodes++;
        if (_unresolved.Count < limits.MaximumUnresolvedListed)
            _unresolved.Add(reason);
    }

    /// <summary>An input that is left out has an empty name.</summary>
    private TensorFact? Fact(string name) => name.Length == 0 ? null : _facts.GetValueOrDefault(name, TensorFact.Unknown);

    private TensorFact Assume(ValueInfoProto input)
    {
        if (input.Type?.TensorType?.Shape is not { } shape)
            return TensorFact.Unknown;
        var declared = OnnxInspector.Dimensions(shape);
        var dynamic = new DynamicDimensions(limits.DynamicSpatialSize, limits.DynamicOtherSize, limits.NamedDimensions);
        var resolved = dynamic.Resolve(declared, axis => shape.Dim[axis].DimParam);
        ImageSize ??= DynamicDimensions.ImageSize(declared, resolved);
        for (var axis = 0; axis < resolved.Length; axis++)
        {
            if (declared[axis] is not null)
                continue;
            var symbol = shape.Dim[axis].DimParam;
            _symbols.TryAdd(symbol, resolved[axis]);
            _assumptions.Add($"{input.Name}[{axis}]{(symbol.Length > 0 ? $" ({symbol})" : "")} = {resolved[axis]}");
        }

        return TensorFact.Of(resolved);
    }

    /// <summary>What the file itself says of a value, where it says all of it.</summary>
    private TensorFact Declared(string name)
    {
        if (!_declared.TryGetValue(name, out var value) || value.Type?.TensorType?.Shape is not { } shape)
            return TensorFact.Unknown;
        var sizes = new List<long>();
        foreach (var dimension in shape.Dim)
        {
            if (dimension is { HasDimValue: true, DimValue: >= 0 })
                sizes.Add(dimension.DimValue);
            else if (dimension.HasDimParam && _symbols.TryGetValue(dimension.DimParam, out var size) && dimension.DimParam.Length > 0)
                sizes.Add(size);
            else
                return TensorFact.Unknown;
        }

        return TensorFact.Of(sizes);
    }
}
