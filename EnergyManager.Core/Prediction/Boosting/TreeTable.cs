using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// The trees of a forest laid out for evaluation: siblings lie side by side, so that a step down is an addition and not a
/// branch that the processor must guess, and a leaf leads to itself, so that trees of any depth take the same number of steps
/// and several go down at once while each waits for its next node.
/// </summary>
internal sealed class TreeTable
{
    // As many trees as fit into the registers of x64 and arm64 together with their addresses.
    private const int Lanes = 8;

    private readonly Step[] _steps;
    private readonly double[] _leaves;
    private readonly int[] _roots;
    private readonly int _depth;

    /// <summary>Lays out a forest.</summary>
    /// <param name="nodes">Nodes of all trees, each in pre-order; sound.</param>
    /// <param name="roots">Index of each tree's root.</param>
    /// <param name="features">Number of features.</param>
    /// <param name="depth">Splits between a root and the deepest leaf.</param>
    public TreeTable(ReadOnlySpan<TreeNode> nodes, ReadOnlySpan<int> roots, int features, int depth)
    {
        _depth = depth;
        _steps = new Step[nodes.Length];
        _leaves = new double[nodes.Length];
        _roots = new int[roots.Length];
        // Roots first, then each node's two children when the node is reached: siblings are neighbours.
        var places = new int[nodes.Length];
        var next = 0;
        for (var tree = 0; tree < roots.Length; tree++)
            places[roots[tree]] = _roots[tree] = next++;
        for (var i = 0; i < nodes.Length; i++)
        {
            var (node, place) = (nodes[i], places[i]);
            if (node.IsLeaf)
            {
                // Values of the second half are never missing: every one of them is up to infinity, and left leads here.
                _steps[place] = new Step(double.PositiveInfinity, place, features);
                _leaves[place] = node.Value;
                continue;
            }

            places[i + 1] = next;
            places[node.Right] = next + 1;
            _steps[place] = new Step(node.Value, next, node.Feature + (node.MissingLeft ? features : 0));
            next += 2;
        }
    }

    /// <summary>The base value and the leaves that a row reaches, added in the order of the trees. Allocates nothing.</summary>
    /// <param name="baseValue">What the sum begins with.</param>
    /// <param name="row">Feature values; NaN is missing.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Sum(double baseValue, ReadOnlySpan<double> row)
    {
        // Twice: a missing value is not up to any threshold, and goes right; in the second half it is below all, and goes left.
        Span<double> values = stackalloc double[2 * row.Length];
        for (var i = 0; i < row.Length; i++)
            (values[i], values[row.Length + i]) = (row[i], double.IsNaN(row[i]) ? double.NegativeInfinity : row[i]);

        ref readonly var steps = ref MemoryMarshal.GetArrayDataReference(_steps);
        ref readonly var value = ref MemoryMarshal.GetReference(values);
        var sum = baseValue;
        var tree = 0;
        for (; tree <= _roots.Length - Lanes; tree += Lanes)
        {
            int a = _roots[tree], b = _roots[tree + 1], c = _roots[tree + 2], d = _roots[tree + 3];
            int e = _roots[tree + 4], f = _roots[tree + 5], g = _roots[tree + 6], h = _roots[tree + 7];
            for (var level = 0; level < _depth; level++)
            {
                a = Down(in steps, in value, a);
                b = Down(in steps, in value, b);
                c = Down(in steps, in value, c);
                d = Down(in steps, in value, d);
                e = Down(in steps, in value, e);
                f = Down(in steps, in value, f);
                g = Down(in steps, in value, g);
                h = Down(in steps, in value, h);
            }

            sum = sum + _leaves[a] + _leaves[b] + _leaves[c] + _leaves[d] + _leaves[e] + _leaves[f] + _leaves[g] + _leaves[h];
        }

        for (; tree < _roots.Length; tree++)
        {
            var place = _roots[tree];
            for (var level = 0; level < _depth; level++)
                place = Down(in steps, in value, place);
            sum += _leaves[place];
        }
        return sum;
    }

    // Bounds hold by construction: places are those of steps, columns those of values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Down(ref readonly Step steps, ref readonly double values, int place)
    {
        ref readonly var step = ref Unsafe.Add(ref Unsafe.AsRef(in steps), place);
        return step.Left + (Unsafe.Add(ref Unsafe.AsRef(in values), step.Column) <= step.Threshold ? 0 : 1);
    }

    /// <summary>A step down: to the left child up to the threshold, else to its neighbour.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Step(double Threshold, int Left, int Column);
}
