namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>
/// The numbers of a short value. Exporters compute sizes and axes inside the graph: they are followed here, in doubles, which
/// hold every size exactly.
/// </summary>
/// <param name="Numbers">Elements in row-major order; a truth value is 0 or 1.</param>
/// <param name="Whole">Whether they are integers or truth values: division then cuts off.</param>
internal sealed record Content(IReadOnlyList<double> Numbers, bool Whole)
{
    /// <summary>Longest value whose numbers are followed: shapes, axes and factors are far shorter, weights far longer.</summary>
    public const int MaximumLength = 1024;

    public static Content Of(IEnumerable<long> integers) => new([.. integers.Select(value => (double)value)], Whole: true);

    /// <summary>As integers; numbers beyond the range, which stand for "to the end", become its ends.</summary>
    public IReadOnlyList<long> Integers => [.. Numbers.Select(number => (long)number)];

    /// <summary>Every number changed by itself.</summary>
    public Content Map(Func<double, double> change) => this with { Numbers = [.. Numbers.Select(change)] };

    /// <summary>The content of a value whose elements are taken from another one's, or <c>null</c> when it would be too long.</summary>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="source">Position in <see cref="Numbers"/> for an index of the result.</param>
    public Content? Pick(IReadOnlyList<long> shape, Func<long[], long> source) =>
        IsShort(shape) ? this with { Numbers = [.. Indices(shape).Select(index => Numbers[(int)source(index)])] } : null;

    /// <summary>Numbers of several values combined element by element, broadcast to a shape; <c>null</c> when one is not known.</summary>
    public static Content? Combine(IReadOnlyList<long> shape, IReadOnlyList<TensorFact> values, bool whole, Func<double[], double> combine)
    {
        if (!IsShort(shape) || values.Any(value => value.Content is null || value.Shape is null))
            return null;
        return new([.. Indices(shape).Select(index => combine([.. values.Select(value => value.Content!.Numbers[(int)Broadcast(index, value.Shape!)])]))], whole);
    }

    /// <summary>Position of the element that broadcasting brings to an index.</summary>
    public static long Broadcast(long[] index, IReadOnlyList<long> shape)
    {
        var position = 0L;
        for (var axis = 0; axis < shape.Count; axis++)
            position = position * shape[axis] + (shape[axis] == 1 ? 0 : index[index.Length - shape.Count + axis]);
        return position;
    }

    /// <summary>Position of an index in row-major order.</summary>
    public static long Position(IEnumerable<long> index, IReadOnlyList<long> shape) =>
        index.Zip(shape).Aggregate(0L, static (position, axis) => position * axis.Second + axis.First);

    /// <summary>Whether a value of this shape is short enough to be followed.</summary>
    public static bool IsShort(IReadOnlyList<long> shape)
    {
        var elements = 1L;
        foreach (var size in shape)
        {
            if (size == 0)
                return true;
            elements *= size;
            if (size < 0 || elements > MaximumLength)
                return false;
        }

        return true;
    }

    /// <summary>All indices of a short shape, in row-major order.</summary>
    private static IEnumerable<long[]> Indices(IReadOnlyList<long> shape)
    {
        var count = TensorFact.Elements(shape);
        for (var position = 0L; position < count; position++)
        {
            var index = new long[shape.Count];
            var rest = position;
            for (var axis = index.Length - 1; axis >= 0; axis--)
                (rest, index[axis]) = Math.DivRem(rest, shape[axis]);
            yield return index;
        }
    }
}
