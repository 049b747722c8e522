using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Intervals;

/// <summary>
/// Where the training data lies, and how far a model is from it: the distance to the nearest measured architectures in
/// standardised log figures, in units of the distances that occur among the measured ones.
/// </summary>
public sealed record TrainingDistribution
{
    private const int Neighbours = 3;

    // Of the measured architectures, 1 in 50 counts as outside: isolated networks are less well predicted too.
    private const double EdgeQuantile = 0.98;

    // Distances beyond this do not make an interval wider still: the answer is "nobody knows" already.
    private const double GreatestWidening = 5;

    private static readonly (string Name, string Unit, Func<ModelFigures, double> Value)[] Axes =
    [
        ("params_m", "M", f => f.ParamsM),
        ("gmacs", "GMACs", f => f.Gmacs),
        ("size_mb", "MB", f => f.SizeMb),
        ("input_size", "pixels", f => f.Pixels),
    ];

    /// <summary>Least value of each figure in training.</summary>
    public required double[] Minimum { get; init; }

    /// <summary>Greatest value of each figure in training.</summary>
    public required double[] Maximum { get; init; }

    /// <summary>Standard deviation of the logarithm of each figure.</summary>
    public required double[] Scale { get; init; }

    /// <summary>The training rows, as logarithms divided by the scale; row by row.</summary>
    public required double[] Points { get; init; }

    /// <summary>Name of each training row.</summary>
    public required string[] Models { get; init; }

    /// <summary>Distance at the edge of the training data.</summary>
    public required double EdgeDistance { get; init; }

    /// <summary>Whether the arrays belong together: false for a damaged artifact.</summary>
    internal bool IsSound =>
        Minimum.Length == Axes.Length && Maximum.Length == Axes.Length && Scale.Length == Axes.Length
        && Points.Length == Models.Length * Axes.Length && Models.Length > 0 && Scale.All(s => s > 0) && EdgeDistance > 0;

    /// <summary>The distribution of some rows.</summary>
    public static TrainingDistribution Of(IReadOnlyList<BenchmarkRow> rows)
    {
        var figures = rows.Select(ModelFigures.Of).ToArray();
        var scale = Array.ConvertAll(Axes, axis => Deviation([.. figures.Select(f => Math.Log(axis.Value(f)))]));
        var distribution = new TrainingDistribution
        {
            Minimum = Array.ConvertAll(Axes, axis => figures.Min(axis.Value)),
            Maximum = Array.ConvertAll(Axes, axis => figures.Max(axis.Value)),
            Scale = scale,
            Points = [.. figures.SelectMany(f => Axes.Select((axis, i) => Math.Log(axis.Value(f)) / scale[i]))],
            Models = [.. rows.Select(r => r.Model)],
            EdgeDistance = 1,
        };

        // An architecture's own rows are left out: the question is how far a new one is.
        double[] distances = [.. rows.Select((row, i) => distribution.Distance(figures[i], other => rows[other].Architecture != row.Architecture).Mean).Order()];
        var edge = distances[(int)(EdgeQuantile * (distances.Length - 1))];
        return distribution with { EdgeDistance = edge > 0 && double.IsFinite(edge) ? edge : 1 };
    }

    /// <summary>The factor by which an interval is widened at a distance score: none inside, in proportion outside, capped.</summary>
    public static double Widening(double score) => Math.Clamp(score, 1, GreatestWidening);

    /// <summary>Distance of a model from the training data; 1 at the edge.</summary>
    public double Score(ModelFigures figures) => Distance(figures, _ => true).Mean / EdgeDistance;

    /// <summary>Distance and, when outside, the reason in words.</summary>
    public OutOfDistribution Assess(ModelFigures figures)
    {
        var (mean, nearest) = Distance(figures, _ => true);
        var score = mean / EdgeDistance;
        string[] outside =
        [
            .. Axes.Select((axis, i) => (axis, Value: axis.Value(figures), Low: Minimum[i], High: Maximum[i]))
                .Where(a => a.Value < a.Low || a.Value > a.High)
                .Select(a => string.Create(CultureInfo.InvariantCulture,
                    $"{a.axis.Name} {a.Value:0.###} {a.axis.Unit} is {(a.Value < a.Low ? "below" : "above")} the measured {a.Low:0.###} to {a.High:0.###}")),
        ];
        if (score <= 1)
            return new OutOfDistribution(score, IsOutside: false, Reason: null);
        var reason = outside.Length > 0
            ? string.Join("; ", outside)
            : $"each figure is within the measured range, but no measured model has them together; the nearest is {nearest}";
        return new OutOfDistribution(score, IsOutside: true, reason);
    }

    /// <summary>Mean distance to the nearest rows, and the name of the nearest.</summary>
    private (double Mean, string Nearest) Distance(ModelFigures figures, Func<int, bool> include)
    {
        Span<double> nearest = stackalloc double[Neighbours];
        nearest.Fill(double.PositiveInfinity);
        Span<double> point = stackalloc double[Axes.Length];
        for (var i = 0; i < point.Length; i++)
            point[i] = Math.Log(Axes[i].Value(figures)) / Scale[i];

        var name = "";
        for (var row = 0; row < Models.Length; row++)
        {
            if (!include(row))
                continue;
            var distance = 0.0;
            for (var i = 0; i < point.Length; i++)
            {
                var difference = point[i] - Points[row * point.Length + i];
                distance += difference * difference;
            }
            if (distance < nearest[0])
                name = Models[row];
            Insert(nearest, distance);
        }

        double sum = 0;
        var found = 0;
        foreach (var squared in nearest)
        {
            if (double.IsFinite(squared))
                (sum, found) = (sum + Math.Sqrt(squared), found + 1);
        }
        return (found > 0 ? sum / found : 0, name);
    }

    /// <summary>Keeps the smallest distances, in order.</summary>
    private static void Insert(Span<double> smallest, double distance)
    {
        for (var i = 0; i < smallest.Length; i++)
        {
            if (distance < smallest[i])
                (smallest[i], distance) = (distance, smallest[i]);
        }
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        return deviation > 1e-9 ? deviation : 1;
    }
}
