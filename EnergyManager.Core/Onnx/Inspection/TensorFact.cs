namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>What is known of a value of the graph without running it.</summary>
/// <param name="Shape">Dimensions, or <c>null</c> when they are not known.</param>
internal sealed record TensorFact(IReadOnlyList<long>? Shape)
{
    /// <summary>Nothing is known.</summary>
    public static readonly TensorFact Unknown = new((IReadOnlyList<long>?)null);

    /// <summary>The numbers, where they are few and known.</summary>
    public Content? Content { get; init; }

    /// <summary>A value of which only the shape is known.</summary>
    public static TensorFact Of(params IReadOnlyList<long> shape) => new(shape);

    /// <summary>A list of integers whose content is known.</summary>
    public static TensorFact List(IReadOnlyList<long> values) =>
        new([values.Count]) { Content = values.Count <= Content.MaximumLength ? Content.Of(values) : null };

    /// <summary>A single number without dimensions.</summary>
    public static TensorFact Scalar(double value, bool whole = true) => new([]) { Content = new([value], whole) };

    /// <summary>Elements of a shape.</summary>
    public static long Elements(IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => checked(product * size));
}

/// <summary>The shape of a node's result cannot be told; the message says why.</summary>
internal sealed class ShapeException(string message) : Exception(message);
