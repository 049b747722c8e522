using EnergyManager.Core.Onnx.Format;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Nodes that stand for other nodes: calls of the model's own functions, branches and loops.</summary>
internal sealed partial class GraphWalker
{
    private Step Call(NodeProto node, FunctionProto function, Scope scope)
    {
        var attributes = ByName(function.AttributeProto);
        foreach (var given in node.Attribute)
            attributes[given.Name] = given.RefAttrName.Length > 0 && scope.Caller?.GetValueOrDefault(given.RefAttrName) is { } passed ? passed : given;
        var opset = function.OpsetImport.Where(set => set.Domain is "" or "ai.onnx").Select(set => set.Version).DefaultIfEmpty(scope.Opset).Max();
        var inner = new Scope { Opset = opset, Depth = Deeper(scope), Caller = attributes };
        for (var index = 0; index < Math.Min(function.Input.Count, node.Input.Count); index++)
            inner.Facts[function.Input[index]] = scope.Find(node.Input[index]);
        var cost = Nodes(function.Node, inner);
        return new([.. function.Output.Select(inner.Find)], cost);
    }

    private Step Control(NodeProto node, Scope scope) => node.OpType switch
    {
        "If" => Branch(node, scope),
        "Loop" => Loop(node, scope),
        _ => Scan(node, scope),
    };

    /// <summary>One of two graphs: the one that is taken where that is known, otherwise the costlier one.</summary>
    private Step Branch(NodeProto node, Scope scope)
    {
        var context = Context(node, scope);
        var (then, otherwise) = (context.Graph("then_branch"), context.Graph("else_branch"));
        if (then is null || otherwise is null)
            throw new ShapeException("a branch is missing");
        if (context.Input(0).Content is { Numbers: [var condition] })
            return Run(condition != 0 ? then : otherwise, [], scope);
        var (first, second) = (Run(then, [], scope), Run(otherwise, [], scope));
        if (first.Cost != second.Cost)
            Assumed($"If '{node.Name}': the costlier branch is taken");
        var outputs = first.Outputs.Zip(second.Outputs, (a, b) => Same(a, b) ? TensorFact.Of(a.Shape!) : TensorFact.Unknown);
        return new([.. outputs], first.Cost.Macs >= second.Cost.Macs ? first.Cost : second.Cost);
    }

    /// <summary>Inputs: trip count, condition, carried values. The body takes iteration, condition, carried values, and gives condition, carried values, scans.</summary>
    private Step Loop(NodeProto node, Scope scope)
    {
        var context = Context(node, scope);
        var body = context.Graph("body") ?? throw new ShapeException("the body is missing");
        var carried = Enumerable.Range(2, Math.Max(0, context.InputCount - 2)).Select(index => ShapeOnly(context.Input(index))).ToList();
        var pass = Run(body, [TensorFact.Of(), TensorFact.Of(), .. carried], scope);
        long? passes = context.Has(0) && context.Input(0).Content?.Integers is [var count] ? Math.Max(0, count) : null;
        // A count of the largest number means "until the condition ends it".
        if (passes > int.MaxValue)
            passes = null;
        if (passes is null && pass.Cost != default)
            throw new ShapeException($"how often it runs is not known; one pass has {pass.Cost.Macs / 1e9:0.######} GMACs");
        if (passes is not null && pass.Cost != default)
            Assumed($"Loop '{node.Name}': all of its {passes} passes are run");
        return new(Results(pass.Outputs.Skip(1), carried, passes), pass.Cost * (passes ?? 0));
    }

    /// <summary>Inputs: carried values, then sequences that are taken apart along an axis. The body gives carried values and scans.</summary>
    private Step Scan(NodeProto node, Scope scope)
    {
        var context = Context(node, scope);
        var body = context.Graph("body") ?? throw new ShapeException("the body is missing");
        var sequences = (int)Math.Clamp(context.Int("num_scan_inputs", 0), 0, context.InputCount);
        if (sequences == 0 || context.Opset < 9)
            throw new ShapeException("how often it runs is not known");
        var carried = Enumerable.Range(0, context.InputCount - sequences).Select(index => ShapeOnly(context.Input(index))).ToList();
        var axes = context.Ints("scan_input_axes") ?? [.. Enumerable.Repeat(0L, sequences)];
        var (passes, slices) = (0L, new List<TensorFact>());
        for (var index = 0; index < sequences; index++)
        {
            var shape = context.Shape(carried.Count + index, minimumRank: 1);
            var axis = NodeContext.Axis(index < axes.Count ? axes[index] : 0, shape.Count);
            passes = shape[axis];
            slices.Add(TensorFact.Of([.. shape.Where((_, dimension) => dimension != axis)]));
        }

        var pass = Run(body, [.. carried, .. slices], scope);
        var stackedElsewhere = context.Ints("scan_output_axes")?.Any(axis => axis != 0) ?? false;
        return new(Results(pass.Outputs, carried, stackedElsewhere ? null : passes), pass.Cost * passes);
    }

    /// <summary>Carried values keep the shape they came with, if the body gives the same one; scans are stacked.</summary>
    private static IReadOnlyList<TensorFact> Results(IEnumerable<TensorFact> given, List<TensorFact> carried, long? passes) =>
    [
        .. given.Select((output, index) => index < carried.Count
            ? Same(output, carried[index]) ? carried[index] : TensorFact.Unknown
            : output.Shape is { } shape && passes is { } count ? TensorFact.Of([count, .. shape]) : TensorFact.Unknown),
    ];

    private Step Run(GraphProto body, IReadOnlyList<TensorFact> arguments, Scope scope)
    {
        var inner = new Scope { Opset = scope.Opset, Outer = scope, Depth = Deeper(scope), Caller = scope.Caller };
        for (var index = 0; index < Math.Min(body.Input.Count, arguments.Count); index++)
            inner.Facts[body.Input[index].Name] = arguments[index];
        var cost = Body(body, inner);
        return new([.. body.Output.Select(output => inner.Find(output.Name))], cost);
    }

    private static Dictionary<string, AttributeProto> ByName(IEnumerable<AttributeProto> attributes)
    {
        var byName = new Dictionary<string, AttributeProto>(StringComparer.Ordinal);
        foreach (var attribute in attributes)
            byName[attribute.Name] = attribute;
        return byName;
    }

    private static int Deeper(Scope scope) => scope.Depth < MaximumDepth
        ? scope.Depth + 1
        : throw new OnnxFormatException("The functions or graphs of the model are nested too deeply.");

    private static bool Same(TensorFact a, TensorFact b) => a.Shape is not null && b.Shape is not null && a.Shape.SequenceEqual(b.Shape);

    /// <summary>A value that changes from pass to pass: only its shape stays.</summary>
    private static TensorFact ShapeOnly(TensorFact fact) => fact with { Content = null };
}
