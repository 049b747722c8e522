using System.Runtime.InteropServices;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>What goes into a model and comes out of it.</summary>
/// <param name="Name">Name of the input or output; empty inside a sequence or map.</param>
public abstract record OnnxValue(string Name);

/// <summary>A tensor: type, shape and content.</summary>
public sealed record OnnxTensor : OnnxValue
{
    /// <summary>A tensor of numbers.</summary>
    /// <param name="name">Name of the input or output.</param>
    /// <param name="elementType">Anything but text.</param>
    /// <param name="shape">Dimensions, 0 or more each; no dimensions make a scalar.</param>
    /// <param name="data">Elements in row-major order, little-endian.</param>
    /// <exception cref="ArgumentException">The bytes are not as many as type and shape ask for.</exception>
    public OnnxTensor(string name, OnnxElementType elementType, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data) : base(name)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (elementType == OnnxElementType.String)
            throw new ArgumentException($"'{name}': text is not given as bytes.", nameof(elementType));
        (ElementType, Shape, Elements, Data, Strings) = (elementType, [.. shape], Count(name, shape), data, []);
        if (data.Length != elementType.Bytes(Elements))
            throw new ArgumentException($"'{name}': {elementType.Name()} [{string.Join(", ", shape)}] takes {elementType.Bytes(Elements)} bytes, not {data.Length}.", nameof(data));
    }

    /// <summary>A tensor of text.</summary>
    /// <exception cref="ArgumentException">The strings are not as many as the shape asks for.</exception>
    public OnnxTensor(string name, IReadOnlyList<long> shape, IReadOnlyList<string> strings) : base(name)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(strings);
        (ElementType, Shape, Elements, Strings) = (OnnxElementType.String, [.. shape], Count(name, shape), strings);
        if (strings.Count != Elements)
            throw new ArgumentException($"'{name}': string [{string.Join(", ", shape)}] takes {Elements} strings, not {strings.Count}.", nameof(strings));
    }

    /// <summary>Type of the elements.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>Dimensions.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Elements { get; }

    /// <summary>Elements in row-major order, little-endian; empty for text.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Elements of a tensor of text; empty for numbers.</summary>
    public IReadOnlyList<string> Strings { get; }

    /// <summary>A tensor from values of the matching .NET type.</summary>
    public static OnnxTensor Of<T>(string name, OnnxElementType elementType, IReadOnlyList<long> shape, ReadOnlySpan<T> values) where T : unmanaged =>
        new(name, elementType, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The elements as a .NET type of the same size.</summary>
    public ReadOnlySpan<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.Span);

    private static long Count(string name, IReadOnlyList<long> shape)
    {
        var elements = 1L;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
                throw new ArgumentException($"'{name}': a dimension of [{string.Join(", ", shape)}] is negative.", nameof(shape));
            // Each element takes half a byte at least and all of them fit into one array: a larger product is an error, not a size.
            if (dimension > 0 && elements > int.MaxValue / dimension)
                throw new ArgumentException($"'{name}': [{string.Join(", ", shape)}] is more than {int.MaxValue} elements.", nameof(shape));
            elements *= dimension;
        }

        return elements;
    }
}

/// <summary>Values in order, all of one kind.</summary>
/// <param name="Name">Name of the input or output.</param>
/// <param name="Items">Tensors, sequences or maps.</param>
public sealed record OnnxSequence(string Name, IReadOnlyList<OnnxValue> Items) : OnnxValue(Name);

/// <summary>Keys with a value each, as classifiers of ai.onnx.ml put out.</summary>
/// <param name="Name">Name of the input or output.</param>
/// <param name="Keys">A tensor of one dimension: integers or text.</param>
/// <param name="Values">A tensor of the same length.</param>
public sealed record OnnxMap(string Name, OnnxTensor Keys, OnnxTensor Values) : OnnxValue(Name);

/// <summary>An optional value that is not there.</summary>
/// <param name="Name">Name of the input or output.</param>
public sealed record OnnxNone(string Name) : OnnxValue(Name);
