using System.Diagnostics;
using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Reads out of an ONNX file what running it would cost, without running it.</summary>
public static class OnnxInspector
{
    private const int MaximumProducerLength = 200;

    /// <summary>Inspects a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How much of it to take on.</param>
    /// <param name="cancellationToken">Stops the inspection.</param>
    /// <exception cref="OnnxFormatException">Not an ONNX model, damaged, cut off, beyond the limits, or with weights in another file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxInspection Inspect(string path, InspectorLimits limits, CancellationToken cancellationToken)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024);
        return Inspect(stream, limits, cancellationToken);
    }

    /// <inheritdoc cref="Inspect(string, InspectorLimits, CancellationToken)"/>
    /// <param name="stream">The whole file; it must be seekable, and is left open.</param>
    /// <param name="limits">How much of it to take on.</param>
    /// <param name="cancellationToken">Stops the inspection.</param>
    public static OnnxInspection Inspect(Stream stream, InspectorLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(limits);
        if (!stream.CanSeek)
            throw new ArgumentException("The stream must be seekable.", nameof(stream));
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timed.CancelAfter(limits.MaximumTime);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var inspection = Inspect(ModelReader.Read(stream, limits, timed.Token), stream.Length, limits, timed.Token);
            // The timer fires on the pool, which may be too busy to fire it at all: the limit holds all the same.
            return Stopwatch.GetElapsedTime(started) <= limits.MaximumTime ? inspection : throw TooLong(limits, null);
        }
        catch (OverflowException exception)
        {
            throw new OnnxFormatException("The model has impossibly large dimensions; it is damaged.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw TooLong(limits, exception);
        }
    }

    private static OnnxFormatException TooLong(InspectorLimits limits, Exception? cause) =>
        new(FormattableString.Invariant($"Inspecting the file takes longer than the {limits.MaximumTime.TotalSeconds:0.###} s allowed."), cause);

    private static OnnxInspection Inspect(ModelProto model, long size, InspectorLimits limits, CancellationToken cancellationToken)
    {
        var graph = model.Graph;
        var opset = model.OpsetImport.Where(set => set.Domain is "" or "ai.onnx").Select(set => set.Version).DefaultIfEmpty(0).Max();
        var initializers = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var inputs = graph.Input.Where(input => !initializers.Contains(input.Name)).ToList();
        var walker = new GraphWalker(graph, opset, limits, model.Functions, cancellationToken);
        walker.Walk(inputs);
        var (parameters, precision) = WeightCounter.Count(model);
        return new OnnxInspection
        {
            Parameters = parameters,
            Macs = walker.Macs,
            Activations = walker.Activations,
            SizeBytes = size,
            Precision = precision,
            Inputs = [.. inputs.Select(Describe)],
            InputWidth = walker.ImageSize?.Width,
            InputHeight = walker.ImageSize?.Height,
            Batch = walker.Batch,
            Outputs = [.. graph.Output.Select(Describe)],
            Opset = opset,
            Operators = graph.Node.CountBy(FullName)
                .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
                .ToDictionary(StringComparer.Ordinal),
            Producer = model.ProducerName.Length <= MaximumProducerLength ? model.ProducerName : model.ProducerName[..MaximumProducerLength],
            RandomWeights = OnnxMetadata.SaysRandomWeights(model.MetadataProps.Select(entry => (entry.Key, entry.Value))),
            Assumptions = walker.Assumptions,
            UnresolvedNodes = walker.UnresolvedNodes + graph.SparseInitializer.Count,
            Unresolved = graph.SparseInitializer.Count == 0 ? [.. walker.Unresolved] : [.. walker.Unresolved, "sparse weights are not counted"],
        };
    }

    internal static string FullName(NodeProto node) => node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";

    /// <summary>Declared dimensions; <c>null</c> for a symbol, nothing at all, or a negative number, which old exporters wrote for both.</summary>
    internal static IReadOnlyList<long?> Dimensions(TensorShapeProto shape) =>
        [.. shape.Dim.Select(dimension => dimension is { HasDimValue: true, DimValue: >= 0 } ? dimension.DimValue : (long?)null)];

    private static OnnxTensorInfo Describe(ValueInfoProto value) => value.Type?.TensorType is { } tensor
        ? new(value.Name, ((TensorProto.Types.DataType)tensor.ElemType).ToString().ToLowerInvariant(), tensor.Shape is null ? [] : Dimensions(tensor.Shape))
        : new(value.Name, "unknown", []);
}
