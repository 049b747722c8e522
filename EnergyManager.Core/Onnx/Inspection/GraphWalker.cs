using System.Runtime.InteropServices;
using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Inspection.Operators;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Multiply-accumulates, and elements that the operators which do them put out.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Cost(long Macs, long Activations)
{
    public static Cost operator +(Cost left, Cost right) => checked(new(left.Macs + right.Macs, left.Activations + right.Activations));

    public static Cost operator *(Cost once, long times) => checked(new(once.Macs * times, once.Activations * times));
}

/// <summary>
/// Walks a graph in its order, following shapes and adding up what the operators cost; into the functions that the model
/// brings along and into the bodies of control flow too.
/// </summary>
internal sealed partial class GraphWalker
{
    /// <summary>Functions and bodies within each other: none that exporters write comes near.</summary>
    private const int MaximumDepth = 32;

    private readonly GraphProto _graph;
    private readonly InspectorLimits _limits;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<(string Domain, string Name), FunctionProto> _functions = [];
    private readonly Dictionary<string, long> _symbols;
    private readonly List<string> _assumptions = [];
    private readonly HashSet<string> _unresolved = new(StringComparer.Ordinal);
    private readonly Scope _main;
    private int _visited;

    /// <summary>A walk of one model.</summary>
    /// <param name="graph">The main graph.</param>
    /// <param name="opset">Version of the standard operator set.</param>
    /// <param name="limits">Caps, and sizes for open dimensions.</param>
    /// <param name="functions">Functions that the model brings along.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    public GraphWalker(GraphProto graph, long opset, InspectorLimits limits, IEnumerable<FunctionProto>? functions = null, CancellationToken cancellationToken = default)
    {
        (_graph, _limits, _cancellationToken) = (graph, limits, cancellationToken);
        _symbols = new(limits.NamedDimensions, StringComparer.Ordinal);
        _main = new Scope { Opset = opset };
        foreach (var function in functions ?? [])
            _functions[(function.Domain, function.Name)] = function;
    }

    public long Macs { get; private set; }

    public long Activations { get; private set; }

    /// <summary>Size in pixels of the first input that is an image.</summary>
    public (long Width, long Height)? ImageSize { get; private set; }

    /// <summary>Batch of that image, 1 without one.</summary>
    public long Batch { get; private set; } = 1;

    public int UnresolvedNodes { get; private set; }

    public IReadOnlyCollection<string> Unresolved => _unresolved;

    public IReadOnlyList<string> Assumptions => _assumptions;

    /// <summary>Shape of a value after the walk, or <c>null</c>.</summary>
    public IReadOnlyList<long>? ShapeOf(string name) => _main.Find(name).Shape;

    public void Walk(IEnumerable<ValueInfoProto> inputs)
    {
        foreach (var input in inputs)
            _main.Facts[input.Name] = Assume(input);
        (Macs, Activations) = Body(_graph, _main);
    }

    /// <summary>Cost of the nodes of a graph whose inputs the scope holds already.</summary>
    private Cost Body(GraphProto graph, Scope scope)
    {
        foreach (var initializer in graph.Initializer)
            scope.Facts[initializer.Name] = IndexRules.OfTensor(initializer);
        foreach (var value in graph.ValueInfo)
            scope.Declared[value.Name] = value;
        return Nodes(graph.Node, scope);
    }

    private Cost Nodes(IEnumerable<NodeProto> nodes, Scope scope) => nodes.Aggregate(default(Cost), (sum, node) => sum + Visit(node, scope));

    private Cost Visit(NodeProto node, Scope scope)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        // Functions that call functions can multiply a small file.
        if (++_visited > _limits.MaximumNodes)
            throw new OnnxFormatException($"The model has more than the {_limits.MaximumNodes} nodes allowed when its functions are written out.");
        Step step = new([], default);
        var costs = true;
        try
        {
            if (_functions.TryGetValue((node.Domain, node.OpType), out var function))
            {
                step = Call(node, function, scope);
            }
            else if (node.Domain.Length == 0 && node.OpType is "If" or "Loop" or "Scan")
            {
                step = Control(node, scope);
            }
            else if (OperatorRules.Find(node.Domain, node.OpType) is { } rule)
            {
                costs = rule.Costs;
                step = Infer(node, rule, scope);
            }
            else
            {
                NotCounted($"{OnnxInspector.FullName(node)}: this operator is not known");
            }
        }
        catch (ShapeException exception)
        {
            if (costs)
                NotCounted($"{OnnxInspector.FullName(node)} '{node.Name}': {exception.Message}");
        }

        for (var index = 0; index < node.Output.Count; index++)
        {
            var known = index < step.Outputs.Count && step.Outputs[index].Shape is not null;
            scope.Facts[node.Output[index]] = known ? step.Outputs[index] : Declared(node.Output[index], scope);
        }

        return step.Cost;
    }

    private static Step Infer(NodeProto node, OperatorRule rule, Scope scope)
    {
        if (node.Output.Count == 0)
            throw new ShapeException("the node has no output");
        var result = rule.Infer(Context(node, scope));
        // Only sizes near the end of the number range come out negative.
        if (result.Macs < 0 || result.Outputs.Any(output => output.Shape?.Any(size => size < 0) ?? false))
            throw new OverflowException();
        var activations = !rule.Costs ? 0 : result.Activations ?? (result.Outputs[0].Shape is { } shape ? TensorFact.Elements(shape) : 0);
        return new(result.Outputs, new(result.Macs, activations));
    }

    private static NodeContext Context(NodeProto node, Scope scope) =>
        new(node, [.. node.Input.Select(name => name.Length == 0 ? null : scope.Find(name))], scope.Opset, scope.Caller);

    private void NotCounted(string reason)
    {
        UnresolvedNodes++;
        if (_unresolved.Count < _limits.MaximumUnresolvedListed)
            _unresolved.Add(reason);
    }

    private TensorFact Assume(ValueInfoProto input)
    {
        if (input.Type?.TensorType?.Shape is not { } shape)
            return TensorFact.Unknown;
        var declared = OnnxInspector.Dimensions(shape);
        var dynamic = new DynamicDimensions(_limits.DynamicSpatialSize, _limits.DynamicOtherSize, _limits.NamedDimensions);
        var resolved = dynamic.Resolve(declared, axis => shape.Dim[axis].DimParam);
        if (ImageSize is null && DynamicDimensions.ImageSize(declared, resolved) is { } size)
            (ImageSize, Batch) = (size, Math.Max(1, resolved[0]));
        for (var axis = 0; axis < resolved.Length; axis++)
        {
            if (declared[axis] is not null)
                continue;
            var symbol = shape.Dim[axis].DimParam;
            _symbols.TryAdd(symbol, resolved[axis]);
            Assumed($"{input.Name}[{axis}]{(symbol.Length > 0 ? $" ({symbol})" : "")} = {resolved[axis]}");
        }

        return TensorFact.Of(resolved);
    }

    private void Assumed(string what)
    {
        if (_assumptions.Count < _limits.MaximumUnresolvedListed)
            _assumptions.Add(what);
    }

    /// <summary>What the file itself says of a value, where it says all of it.</summary>
    private TensorFact Declared(string name, Scope scope)
    {
        if (!scope.Declared.TryGetValue(name, out var value) || value.Type?.TensorType?.Shape is not { } shape)
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

    /// <summary>What a node puts out and costs.</summary>
    private sealed record Step(IReadOnlyList<TensorFact> Outputs, Cost Cost);

    /// <summary>The values that nodes of one graph can see.</summary>
    private sealed class Scope
    {
        public required long Opset { get; init; }

        /// <summary>The graph that this one is the body of a node of; a function sees nothing but its arguments.</summary>
        public Scope? Outer { get; init; }

        public int Depth { get; init; }

        /// <summary>Attributes of the node that called this function.</summary>
        public IReadOnlyDictionary<string, AttributeProto>? Caller { get; init; }

        public Dictionary<string, TensorFact> Facts { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, ValueInfoProto> Declared { get; } = new(StringComparer.Ordinal);

        public TensorFact Find(string name)
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope.Facts.TryGetValue(name, out var fact))
                    return fact;
            }

            return TensorFact.Unknown;
        }
    }
}
