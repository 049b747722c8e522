namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>
/// Sums of products in index notation, for example <c>bhqd,bhkd-&gt;bhqk</c>. Every combination of all indices is one
/// multiply-accumulate for each factor after the first; a sum of a single factor multiplies nothing.
/// </summary>
internal static class EinsumRule
{
    private const string Ellipsis = "...";

    public static NodeResult Infer(NodeContext node)
    {
        var equation = node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != node.InputCount)
            throw new ShapeException("the equation does not fit the inputs");
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        var batch = 0;
        for (var index = 0; index < terms.Length; index++)
        {
            var shape = node.Shape(index);
            var labels = Labels(terms[index], shape.Count);
            batch = Math.Max(batch, labels.Count(label => label.Length > 1));
            for (var axis = 0; axis < labels.Count; axis++)
            {
                var known = sizes.GetValueOrDefault(labels[axis], 1);
                if (known != 1 && shape[axis] != 1 && known != shape[axis])
                    throw new ShapeException($"index {labels[axis]} is {known} and {shape[axis]}");
                sizes[labels[axis]] = known == 1 ? shape[axis] : known;
            }
        }

        var result = sides.Length == 2 ? Labels(sides[1], sides[1].Replace(Ellipsis, "", StringComparison.Ordinal).Length + batch) : Implied(sides[0], batch);
        return NodeResult.Of(
            [.. result.Select(label => sizes.TryGetValue(label, out var size) ? size : throw new ShapeException($"index {label} is in no factor"))],
            checked(TensorFact.Elements(sizes.Values) * (terms.Length - 1)));
    }

    /// <summary>One label for each dimension; those that an ellipsis stands for are numbered from the last.</summary>
    private static IReadOnlyList<string> Labels(string term, int rank)
    {
        var at = term.IndexOf(Ellipsis, StringComparison.Ordinal);
        var letters = term.Replace(Ellipsis, "", StringComparison.Ordinal);
        var hidden = rank - letters.Length;
        if (hidden < 0 || (hidden > 0 && at < 0))
            throw new ShapeException("the equation does not fit the dimensions");
        var names = letters.Select(letter => letter.ToString());
        return at < 0 ? [.. names] : [.. names.Take(at), .. Enumerable.Range(0, hidden).Select(axis => $"...{hidden - axis}"), .. names.Skip(at)];
    }

    /// <summary>Without a right side: what the ellipses stand for, then the letters that occur once, in alphabetical order.</summary>
    private static IReadOnlyList<string> Implied(string left, int batch) =>
    [
        .. Enumerable.Range(0, batch).Select(axis => $"...{batch - axis}"),
        .. left.Where(char.IsLetter).GroupBy(letter => letter).Where(group => group.Count() == 1).Select(group => group.Key.ToString()).Order(StringComparer.Ordinal),
    ];
}
