namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>Compares given inputs with those that a model declares.</summary>
public static class OnnxSignature
{
    /// <summary>Checks names, types and shapes.</summary>
    /// <param name="inputs">The given values.</param>
    /// <param name="declared">The inputs of the model.</param>
    /// <exception cref="OnnxRunnerException">One is missing, given twice, unknown, or of another type or shape; the message names it.</exception>
    public static void Check(IReadOnlyList<OnnxValue> inputs, IReadOnlyList<OnnxTensorInfo> declared)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(declared);
        foreach (var input in inputs)
        {
            if (declared.All(d => d.Name != input.Name))
                throw new OnnxRunnerException($"Input '{input.Name}' is none of this model, which takes: {string.Join("; ", declared)}.");
        }

        foreach (var expected in declared)
        {
            var given = inputs.Where(input => input.Name == expected.Name).Take(2).ToList();
            if (given.Count != 1)
                throw new OnnxRunnerException(given.Count == 0 ? $"Input '{expected.Name}' is missing; the model takes: {expected}." : $"Input '{expected.Name}' is given twice.");
            if (given[0] is OnnxTensor tensor && OnnxElementTypes.ByName.ContainsKey(expected.ElementType))
                Check(tensor, expected);
        }
    }

    private static void Check(OnnxTensor tensor, OnnxTensorInfo expected)
    {
        if (tensor.ElementType.Name() != expected.ElementType)
            throw new OnnxRunnerException($"Input '{tensor.Name}' is of type {tensor.ElementType.Name()}; the model takes {expected.ElementType}.");
        // A model that declares no dimensions may mean a scalar, or that it does not say.
        if (expected.Shape.Count == 0)
            return;
        var fits = tensor.Shape.Count == expected.Shape.Count
            && tensor.Shape.Zip(expected.Shape, static (given, wanted) => wanted is null || given == wanted).All(static same => same);
        if (!fits)
            throw new OnnxRunnerException($"Input '{tensor.Name}' has the shape [{string.Join(", ", tensor.Shape)}]; the model takes {expected}, where ? is any size.");
    }
}
