namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="ElementType">
/// Element type in lower case, for example <c>float</c>, <c>float16</c>, <c>int64</c>; or <see cref="Sequence"/>, <see cref="Map"/> or
/// <see cref="Optional"/> where it is no tensor.
/// </param>
/// <param name="Shape">Dimensions; <c>null</c> where one is dynamic.</param>
public sealed record OnnxTensorInfo(string Name, string ElementType, IReadOnlyList<long?> Shape)
{
    /// <summary>Stands for a sequence of values.</summary>
    public const string Sequence = "sequence";

    /// <summary>Stands for a map from keys to values.</summary>
    public const string Map = "map";

    /// <summary>Stands for a value that may not be there.</summary>
    public const string Optional = "optional";

    /// <summary>For example <c>input float [?, 3, 224, 224]</c>.</summary>
    public override string ToString() =>
        $"{Name} {ElementType} [{string.Join(", ", Shape.Select(dimension => dimension?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"))}]";
}
