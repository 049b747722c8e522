namespace EnergyManager.Core.Prediction.Export;

/// <summary>
/// A value of a graph under construction, one number for each row: 64-bit floats [rows, 1] unless said otherwise. Its
/// operators add nodes to the graph, so that a formula reads as it is written on paper.
/// </summary>
/// <param name="Graph">The graph.</param>
/// <param name="Name">Name of the value in it.</param>
internal sealed record Column(ArithmeticGraph Graph, string Name)
{
    public static Column operator +(Column left, Column right) => left.Graph.Node("Add", left, right);

    public static Column operator -(Column left, Column right) => left.Graph.Node("Sub", left, right);

    public static Column operator *(Column left, Column right) => left.Graph.Node("Mul", left, right);

    public static Column operator /(Column left, Column right) => left.Graph.Node("Div", left, right);

    /// <summary>Natural logarithm.</summary>
    public Column Log() => Graph.Node("Log", this);

    public Column Exp() => Graph.Node("Exp", this);

    public Column Abs() => Graph.Node("Abs", this);

    /// <summary>Not less than one and not more than another number.</summary>
    public Column Clamp(double least, double most) => Graph.Node("Clip", this, Graph.Number(least), Graph.Number(most));

    /// <summary>Truth values: whether a row has no number here.</summary>
    public Column IsMissing() => Graph.Node("IsNaN", this);

    /// <summary>Truth values turned round.</summary>
    public Column Not() => Graph.Node("Not", this);

    /// <summary>Truth values: whether both are true.</summary>
    public Column And(Column other) => Graph.Node("And", this, other);

    /// <summary>From truth values: one number where they are true, another where they are not.</summary>
    public Column Choose(Column whenTrue, Column whenFalse) => Graph.Node("Where", this, whenTrue, whenFalse);
}
