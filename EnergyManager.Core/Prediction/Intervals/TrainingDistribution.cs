using System.Numerics;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Intervals;

/// <summary>
/// Where the training data lies, and how far a model is from it: the distance to the nearest measured architectures in
/// standardised log figures, in units of the distances that occur among the measured ones. Where a run is known, its speed
/// is judged beside the figures of the graph: how fast did measured models of as much work run?
/// </summary>
/// <remarks>
/// A score up to 1 is inside the data. Outside, the interval widens in proportion to the score, up to
/// <see cref="RefusalScore"/>; beyond it nothing measured resembles the model, and a number would only look like knowledge.
/// </remarks>
public sealed record TrainingDistribution
{
    /// <summary>Score beyond which a prediction is refused, and up to which the interval widens.</summary>
    public const double RefusalScore = 8;

    private const int Neighbours = 3;

    // Of the measured architectures, 1 in 50 counts as outside: isolated networks are less well predicted too.
    private const double EdgeQuantile = 0.98;

    // Less beyond a range, in units of its scale, is rounding and not worth a word.
    private const double LeastExcess = 0.05;

    // Along an axis on which the table hardly varies, a factor of two is one unit: its spread says nothing of what matters.
    private static readonly double LeastScale = Math.Log(2);

    /// <summary>Least value of each figure in training, in the order of <see cref="DistanceAxes.All"/>; <c>null</c> for none.</summary>
    public required double?[] Minimum { get; init; }

    /// <summary>Greatest value of each figure in training.</summary>
    public required double?[] Maximum { get; init; }

    /// <summary>Unit of the logarithm of each figure: its standard deviation, at least ln 2.</summary>
    public required double[] Scale { get; init; }

    /// <summary>The graphs of the training rows, as logarithms divided by the scale; axis by axis, so that several rows are compared at once.</summary>
    public required double[] Points { get; init; }

    /// <summary>Name of each training row.</summary>
    public required string[] Models { get; init; }

    /// <summary>Distance of graphs at the edge of the training data.</summary>
    public required double EdgeDistance { get; init; }

    /// <summary>Work and speed of the training rows whose speed is known, as logarithms divided by the scale; axis by axis.</summary>
    public required double[] RunPoints { get; init; }

    /// <summary>Training row of each of <see cref="RunPoints"/>.</summary>
    public required int[] RunRows { get; init; }

    /// <summary>Distance of runs at the edge of the training data.</summary>
    public required double RunEdgeDistance { get; init; }

    /// <summary>Whether the arrays belong together: false for a damaged artifact.</summary>
    internal bool IsSound =>
        Minimum.Length == DistanceAxes.All.Length && Maximum.Length == Minimum.Length && Scale.Length == Minimum.Length
        && Points.Length == Models.Length * DistanceAxes.Graph && Models.Length > 0 && Scale.All(s => s > 0)
        && RunPoints.Length == RunRows.Length * DistanceAxes.Run && RunRows.All(row => (uint)row < (uint)Models.Length)
        && EdgeDistance > 0 && RunEdgeDistance > 0;

    /// <summary>The distribution of some rows.</summary>
    public static TrainingDistribution Of(IReadOnlyList<BenchmarkRow> rows)
    {
        double[][] logarithms = [.. rows.Select(row => DistanceAxes.Logarithms(ModelFigures.Of(row), ModelFigures.LikelyLatencyPerInputS(row)))];
        double[] scale = [.. Enumerable.Range(0, DistanceAxes.All.Length).Select(axis => ScaleOf([.. logarithms.Select(l => l[axis]).Where(double.IsFinite)]))];
        int[] timed = [.. Enumerable.Range(0, rows.Count).Where(i => double.IsFinite(logarithms[i][DistanceAxes.Speed]))];
        double[] points = [.. Enumerable.Range(0, DistanceAxes.Graph).SelectMany(axis => logarithms.Select(l => l[axis] / scale[axis]))];
        double[] runPoints = [.. ((int[])[DistanceAxes.Gmacs, DistanceAxes.Speed]).SelectMany(axis => timed.Select(i => logarithms[i][axis] / scale[axis]))];
        string[] architectures = [.. rows.Select(row => row.Architecture)];
        return new TrainingDistribution
        {
            Minimum = [.. Enumerable.Range(0, scale.Length).Select(axis => Extreme(logarithms, axis, Enumerable.Min))],
            Maximum = [.. Enumerable.Range(0, scale.Length).Select(axis => Extreme(logarithms, axis, Enumerable.Max))],
            Scale = scale,
            Points = points,
            Models = [.. rows.Select(r => r.Model)],
            EdgeDistance = Edge(points, DistanceAxes.Graph, architectures),
            RunPoints = runPoints,
            RunRows = timed,
            RunEdgeDistance = Edge(runPoints, DistanceAxes.Run, [.. timed.Select(i => architectures[i])]),
        };
    }

    /// <summary>The factor by which an interval is widened at a distance score: none inside, in proportion outside, capped.</summary>
    public static double Widening(double score) => Math.Clamp(score, 1, RefusalScore);

    /// <summary>Distance of a model from the training data; 1 at the edge. Allocates nothing.</summary>
    public double Score(in ModelFigures figures)
    {
        Span<double> point = stackalloc double[DistanceAxes.All.Length];
        Locate(figures, point);
        return Math.Max(GraphScore(point, out _), RunScore(point, out _));
    }

    /// <summary>Distance and, when outside, the reason in words.</summary>
    public OutOfDistribution Assess(in ModelFigures figures)
    {
        Span<double> point = stackalloc double[DistanceAxes.All.Length];
        Locate(figures, point);
        var graph = GraphScore(point, out var nearestGraph);
        var run = RunScore(point, out var nearestRun);
        var score = Math.Max(graph, run);
        if (score <= 1)
            return new OutOfDistribution(score, IsOutside: false, Reason: null);
        var (first, last) = run > graph ? (DistanceAxes.Speed, DistanceAxes.Speed) : (0, DistanceAxes.Graph - 1);
        List<(double Excess, int Axis, string Words)> beyond = [];
        for (var axis = first; axis <= last; axis++)
        {
            var value = Math.Exp(point[axis] * Scale[axis]);
            if (Minimum[axis] is not { } low || Maximum[axis] is not { } high)
                continue;
            var excess = Math.Log(value < low ? low / value : value / high) / Scale[axis];
            if (excess > LeastExcess)
                beyond.Add((excess, axis, DistanceAxes.All[axis].Beyond(value, low, high)));
        }

        if (beyond.Count == 0)
        {
            return new OutOfDistribution(score, IsOutside: true, run > graph
                ? $"no measured model of as much work ran at this speed; the nearest is {Models[RunRows[nearestRun]]}"
                : $"each figure is within the measured range, but no measured model has them together; the nearest is {Models[nearestGraph]}")
            {
                Field = DistanceAxes.All[first].Field,
            };
        }

        beyond.Sort((a, b) => b.Excess.CompareTo(a.Excess));
        return new OutOfDistribution(score, IsOutside: true, string.Join("; ", beyond.Select(b => b.Words).Take(3)))
        {
            Field = DistanceAxes.All[beyond[0].Axis].Field,
        };
    }

    private void Locate(in ModelFigures figures, Span<double> point)
    {
        DistanceAxes.Fill(figures, figures.LatencyPerInputS, point);
        for (var axis = 0; axis < point.Length; axis++)
            point[axis] /= Scale[axis];
    }

    private double GraphScore(ReadOnlySpan<double> point, out int nearest) =>
        Distance(point[..DistanceAxes.Graph], Points, null, null, out nearest) / EdgeDistance;

    private double RunScore(ReadOnlySpan<double> point, out int nearest)
    {
        nearest = 0;
        if (RunRows.Length == 0 || !double.IsFinite(point[DistanceAxes.Speed]))
            return 0;
        ReadOnlySpan<double> run = [point[DistanceAxes.Gmacs], point[DistanceAxes.Speed]];
        var score = Distance(run, RunPoints, null, null, out nearest) / RunEdgeDistance;
        // What takes too long still draws a power that the board can draw: the interval is wide, but there is one.
        var isSlow = Minimum[DistanceAxes.Speed] is { } least && point[DistanceAxes.Speed] * Scale[DistanceAxes.Speed] < Math.Log(least);
        return isSlow ? Math.Min(score, RefusalScore) : score;
    }

    /// <summary>An architecture's own rows are left out: the question is how far a new one is.</summary>
    private static double Edge(double[] points, int axes, string[] architectures)
    {
        var rows = architectures.Length;
        double[] distances =
        [
            .. architectures.Select((architecture, row) =>
                Distance([.. Enumerable.Range(0, axes).Select(axis => points[axis * rows + row])], points, architectures, architecture, out _))
                .Where(double.IsFinite).Order(),
        ];
        var edge = distances.Length > 0 ? distances[(int)(EdgeQuantile * (distances.Length - 1))] : 0;
        return edge > 0 ? edge : 1;
    }

    /// <summary>Mean distance to the nearest points, but those of one architecture.</summary>
    private static double Distance(ReadOnlySpan<double> point, ReadOnlySpan<double> points, string[]? architectures, string? excluded, out int nearest)
    {
        Span<double> smallest = stackalloc double[Neighbours];
        smallest.Fill(double.PositiveInfinity);
        nearest = 0;
        var rows = points.Length / point.Length;
        var row = 0;
        // Few rows are nearer than the nearest so far: most are passed over several at a time.
        for (; row <= rows - Vector<double>.Count; row += Vector<double>.Count)
        {
            var squared = Vector<double>.Zero;
            for (var axis = 0; axis < point.Length; axis++)
            {
                var difference = new Vector<double>(points[(axis * rows + row)..]) - new Vector<double>(point[axis]);
                squared += difference * difference;
            }

            if (!Vector.LessThanAny(squared, new Vector<double>(smallest[Neighbours - 1])))
                continue;
            for (var lane = 0; lane < Vector<double>.Count; lane++)
                Consider(squared[lane], row + lane, smallest, ref nearest);
        }

        for (; row < rows; row++)
        {
            var squared = 0.0;
            for (var axis = 0; axis < point.Length; axis++)
                squared += Squared(points[axis * rows + row] - point[axis]);
            Consider(squared, row, smallest, ref nearest);
        }

        double sum = 0;
        var found = 0;
        foreach (var squared in smallest)
        {
            if (double.IsFinite(squared))
                (sum, found) = (sum + Math.Sqrt(squared), found + 1);
        }
        return found > 0 ? sum / found : double.PositiveInfinity;

        void Consider(double squared, int row, Span<double> smallest, ref int nearest)
        {
            if (squared >= smallest[Neighbours - 1] || architectures is not null && architectures[row] == excluded)
                return;
            if (squared < smallest[0])
                nearest = row;
            Insert(smallest, squared);
        }
    }

    private static double Squared(double value) => value * value;

    /// <summary>Keeps the smallest distances, in order.</summary>
    private static void Insert(Span<double> smallest, double distance)
    {
        for (var i = 0; i < smallest.Length; i++)
        {
            if (distance < smallest[i])
                (smallest[i], distance) = (distance, smallest[i]);
        }
    }

    private static double? Extreme(double[][] logarithms, int axis, Func<IEnumerable<double>, double> of)
    {
        double[] known = [.. logarithms.Select(l => l[axis]).Where(double.IsFinite)];
        return known.Length > 0 ? Math.Exp(of(known)) : null;
    }

    private static double ScaleOf(double[] values)
    {
        if (values.Length == 0)
            return LeastScale;
        var mean = values.Average();
        return Math.Max(LeastScale, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
    }
}
