using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Benchmarks.Conformance;

/// <summary>
/// Compares as the backend test runner of ONNX does (onnx/backend/test/runner/__init__.py, assert_similar_outputs): same type and
/// shape, text equal, numbers with |actual - expected| &lt;= atol + rtol * |expected|, rtol 1e-3 and atol 1e-7, NaN equal to NaN.
/// </summary>
internal static class ValueComparison
{
    private const double RelativeTolerance = 1e-3;
    private const double AbsoluteTolerance = 1e-7;

    /// <summary>The first difference in words, or <c>null</c>.</summary>
    public static string? Difference(OnnxValue actual, OnnxValue expected) => (actual, expected) switch
    {
        (OnnxTensor a, OnnxTensor e) => Difference(a, e),
        (OnnxSequence a, OnnxSequence e) when a.Items.Count != e.Items.Count => $"{a.Items.Count} items instead of {e.Items.Count}",
        (OnnxSequence a, OnnxSequence e) => a.Items.Zip(e.Items, Difference).FirstOrDefault(static difference => difference is not null),
        (OnnxNone, OnnxNone) => null,
        _ => $"{actual.GetType().Name} instead of {expected.GetType().Name}",
    };

    private static string? Difference(OnnxTensor actual, OnnxTensor expected)
    {
        if (actual.ElementType != expected.ElementType)
            return $"type {actual.ElementType.Name()} instead of {expected.ElementType.Name()}";
        if (!actual.Shape.SequenceEqual(expected.Shape))
            return $"shape [{string.Join(", ", actual.Shape)}] instead of [{string.Join(", ", expected.Shape)}]";
        if (actual.ElementType == OnnxElementType.String)
            return actual.Strings.SequenceEqual(expected.Strings, StringComparer.Ordinal) ? null : "other text";
        var (given, wanted) = (Numbers(actual), Numbers(expected));
        for (var i = 0; i < given.Length; i++)
        {
            if (!IsClose(given[i], wanted[i]))
                return FormattableString.Invariant($"element {i} is {given[i]} instead of {wanted[i]}");
        }

        return null;
    }

    private static bool IsClose(double actual, double expected) =>
        actual.Equals(expected) || Math.Abs(actual - expected) <= AbsoluteTolerance + (RelativeTolerance * Math.Abs(expected));

    private static double[] Numbers(OnnxTensor tensor) => tensor.ElementType switch
    {
        OnnxElementType.Float or OnnxElementType.Complex64 => Convert<float>(tensor, static v => v),
        OnnxElementType.Double or OnnxElementType.Complex128 => Convert<double>(tensor, static v => v),
        OnnxElementType.Float16 => Convert<Half>(tensor, static v => (double)v),
        OnnxElementType.BFloat16 => Convert<ushort>(tensor, static v => BitConverter.UInt32BitsToSingle((uint)v << 16)),
        OnnxElementType.Int8 => Convert<sbyte>(tensor, static v => v),
        OnnxElementType.Int16 => Convert<short>(tensor, static v => v),
        OnnxElementType.UInt16 => Convert<ushort>(tensor, static v => v),
        OnnxElementType.Int32 => Convert<int>(tensor, static v => v),
        OnnxElementType.UInt32 => Convert<uint>(tensor, static v => v),
        OnnxElementType.Int64 => Convert<long>(tensor, static v => v),
        OnnxElementType.UInt64 => Convert<ulong>(tensor, static v => v),
        _ => Convert<byte>(tensor, static v => v),
    };

    private static double[] Convert<T>(OnnxTensor tensor, Func<T, double> convert) where T : unmanaged
    {
        var values = tensor.As<T>();
        var numbers = new double[values.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = convert(values[i]);
        return numbers;
    }
}
