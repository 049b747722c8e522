using System.Runtime.InteropServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// The values that the leaves below a node may take. A split on a constrained feature hands its middle down: everything on
/// the lesser side stays below it and everything on the greater side above, however the tree goes on.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeafBounds(double Least, double Greatest)
{
    public static LeafBounds None { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    public double Clamp(double value) => Math.Clamp(value, Least, Greatest);

    /// <summary>The bounds of the children of a split on a feature with a direction.</summary>
    public (LeafBounds Left, LeafBounds Right) Divide(int direction, double middle) => direction switch
    {
        > 0 => (this with { Greatest = middle }, this with { Least = middle }),
        < 0 => (this with { Least = middle }, this with { Greatest = middle }),
        _ => (this, this),
    };
}
