namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Multidirectional broadcasting: dimensions are matched from the last, and 1 stretches to anything.</summary>
internal static class Broadcasting
{
    public static IReadOnlyList<long> Shape(params IEnumerable<IReadOnlyList<long>> shapes) => shapes.Aggregate(Pair);

    private static long[] Pair(IReadOnlyList<long> left, IReadOnlyList<long> right)
    {
        var shape = new long[Math.Max(left.Count, right.Count)];
        for (var fromEnd = 1; fromEnd <= shape.Length; fromEnd++)
        {
            var (a, b) = (fromEnd <= left.Count ? left[^fromEnd] : 1, fromEnd <= right.Count ? right[^fromEnd] : 1);
            if (a != b && a != 1 && b != 1)
                throw new ShapeException($"dimensions {a} and {b} do not fit each other");
            shape[^fromEnd] = a == 1 ? b : a;
        }

        return shape;
    }
}
