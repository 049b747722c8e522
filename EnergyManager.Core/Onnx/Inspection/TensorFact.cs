namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>What is known of a value of the graph without running it.</summary>
/// <param name="Shape">Dimensions, or <c>null</c> when they are not known.</param>
internal sealed record TensorFact(IReadOnlyList<long>? Shape)
{
    /// <summary>Nothing is known.</summary>
    public static readonly TensorFact Unknown = new((IReadOnlyList<long>?)null);

    /// <summary>The content where it is short and made of integers: exporters compute shapes inside the graph.</summary>
    public IReadOnlyList<long>? Integers { get; init; }

    /// <summary>The content where it is a short constant of floats.</summary>
    public IReadOnlyList<float>? Floats { get; init; }

    /// <summary>A value of which only the shape is known.</summary>
    public static TensorFact Of(params IReadOnlyList<long> shape) => new(shape);

    /// <summary>A list of integers whose content is known.</summary>
    public static TensorFact List(IReadOnlyList<long> values) =>
        new([values.Count]) { Integers = values.Count <= Tensors.MaximumValues ? values : null };

    /// <summary>A single integer without dimensions.</summary>
    public static TensorFact Scalar(long value) => new([]) { Integers = [value] };

    /// <summary>Elements of a shape.</summary>
    public static long Elements(IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => checked(product * size));
}

/// <summary>The shape of a node's result cannot be told; the message says why.</summary>
internal sealed class ShapeException(string message) : Exception(message);
