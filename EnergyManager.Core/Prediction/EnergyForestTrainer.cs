using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction;

/// <summary>
/// Trains the trees of a device type. Everything that depends on the rows is decided here, from the rows it is given: what
/// holds rows out sees the whole of it without them.
/// </summary>
/// <param name="options">How.</param>
internal sealed class EnergyForestTrainer(TrainingOptions options)
{
    // Fewer rows say little of a set-up, and a level of one row would be that row's own power.
    private const int LeastCampaignRows = 6;
    private const int SelectionFolds = 3;

    // Runs of these many passes occur on both boards, also where a table states no count.
    private static readonly double[] UsualCounts = [100, StandardRun.Inferences];

    private readonly IBoostingLoss _loss = new HuberLoss(options.HuberDelta);

    /// <summary>Chooses the shapes of the trees and grows them.</summary>
    /// <param name="rows">Measured rows; at least one.</param>
    /// <param name="ensembles">Ensembles of each forest.</param>
    /// <param name="cancellationToken">Stops between trees.</param>
    /// <param name="like">Forests whose shapes are taken instead of a choice.</param>
    public EnergyForests Fit(IReadOnlyList<BenchmarkRow> rows, int ensembles, CancellationToken cancellationToken, EnergyForests? like = null)
    {
        ModelFigures[] figures = [.. rows.Select(ModelFigures.Of)];
        double[] logPower = [.. rows.Select(row => Math.Log(row.AveragePower.Watts))];
        var (timed, logPace) = Pace(rows, figures);
        var counts = Counts(rows);

        var paceShape = like?.StaticShape ?? ChooseShape([.. timed.Select(i => rows[i])], [.. timed.Select(i => figures[i])], logPace, FeatureSet.Static, cancellationToken);
        ModelFigures[] timedFigures = [.. timed.Select(i => figures[i])];
        var latency = Learner(paceShape, ensembles).Fit(FeatureSet.Static.Matrix(timedFigures), logPace, cancellationToken);
        var staticPower = Learner(paceShape, ensembles).Fit(FeatureSet.Static.Matrix(figures), logPower, cancellationToken);
        var unnamed = Learner(paceShape, Math.Max(1, ensembles / 2));
        var unnamedLatency = unnamed.Fit(FeatureSet.Static.Matrix(Unnamed(timedFigures)), [.. logPace, .. logPace], cancellationToken);
        var unnamedPower = unnamed.Fit(FeatureSet.Static.Matrix(Unnamed(figures)), [.. logPower, .. logPower], cancellationToken);

        var campaigns = Campaigns(rows);
        var completed = Array.ConvertAll(figures, f => EnergyForests.WithImpliedLatency(f, latency, counts) with
        {
            CampaignLevel = EnergyForests.CampaignLevel(f.Campaign, campaigns),
        });
        var shape = like?.PowerShape ?? ChooseShape(rows, completed, logPower, FeatureSet.Measured, cancellationToken);
        var campaignPower = Learner(shape, ensembles).Fit(FeatureSet.MeasuredInCampaign.Matrix(completed), logPower, cancellationToken);

        List<ModelFigures> views = [];
        List<double> targets = [];
        for (var i = 0; i < rows.Count; i++)
        {
            foreach (var view in Views(figures[i], latency, counts))
            {
                views.Add(view);
                targets.Add(logPower[i]);
            }
        }

        var power = Learner(shape, ensembles).Fit(FeatureSet.Measured.Matrix(views), [.. targets], cancellationToken);
        return new EnergyForests(power, campaignPower, staticPower, latency, unnamedPower, unnamedLatency, counts, campaigns, shape, paceShape);
    }

    /// <summary>The features of measured rows for a learner that is not this one: what the rows say, nothing implied.</summary>
    public static FeatureMatrix Features(IReadOnlyList<BenchmarkRow> rows)
    {
        var campaigns = Campaigns(rows);
        return FeatureSet.MeasuredInCampaign.Matrix(
            [.. rows.Select(ModelFigures.Of).Select(f => f with { CampaignLevel = EnergyForests.CampaignLevel(f.Campaign, campaigns) })]);
    }

    /// <summary>
    /// A row as different files would describe it: with all that is known of the run, with its duration only, and with a batch
    /// that nobody noticed. The power was the same, and the trees learn not to lean on what another file may not have.
    /// </summary>
    private static IEnumerable<ModelFigures> Views(ModelFigures figures, RegressionForest latency, double[] counts)
    {
        yield return EnergyForests.WithImpliedLatency(figures, latency, counts);
        if (!double.IsNaN(figures.LatencyS))
            yield return EnergyForests.WithImpliedLatency(figures with { LatencyS = double.NaN, Batch = double.NaN }, latency, counts);
        if (figures.Batch > 1)
            yield return EnergyForests.WithImpliedLatency(figures with { Batch = 1 }, latency, counts);
    }

    /// <summary>Every network once as its file tells of it, and once as a few figures do.</summary>
    private static ModelFigures[] Unnamed(ModelFigures[] figures) => [.. figures.Select(f => f.WithoutName()), .. figures.Select(f => f.WithoutGraph())];

    /// <summary>The rows whose seconds of an inference are known or likely, and ln of their seconds per GMAC.</summary>
    private static (int[] Rows, double[] LogPace) Pace(IReadOnlyList<BenchmarkRow> rows, ModelFigures[] figures)
    {
        double[] seconds = [.. rows.Select(ModelFigures.LikelyLatencyPerInputS)];
        // A table that tells no count is taken as one campaign of standard runs: its latencies are then right but for a factor.
        if (Array.TrueForAll(seconds, double.IsNaN))
            seconds = [.. rows.Select(row => row.RunDurationS / StandardRun.Inferences)];
        int[] timed = [.. Enumerable.Range(0, rows.Count).Where(i => !double.IsNaN(seconds[i]))];
        return (timed, [.. timed.Select(i => Math.Log(seconds[i] / figures[i].Gmacs))]);
    }

    /// <summary>What runs can have had: a table that tells no count is one campaign of standard runs, here as for its latencies.</summary>
    private static double[] Counts(IReadOnlyList<BenchmarkRow> rows)
    {
        double[] known = [.. rows.Select(row => (double?)(row.Inferences ?? row.LikelyInferences) * row.Batch).OfType<double>().Distinct()];
        return known.Length == 0 ? [StandardRun.Inferences] : [.. known.Concat(UsualCounts).Distinct().Order()];
    }

    private static string[] Campaigns(IReadOnlyList<BenchmarkRow> rows) =>
    [
        .. rows.Where(row => row.Campaign.Length > 0)
            .GroupBy(row => row.Campaign, StringComparer.Ordinal)
            .Where(campaign => campaign.Count() >= LeastCampaignRows)
            .OrderBy(campaign => campaign.Average(row => Math.Log(row.AveragePower.Watts)))
            .ThenBy(campaign => campaign.Key, StringComparer.Ordinal)
            .Select(campaign => campaign.Key),
    ];

    /// <summary>The shape with the least mean absolute error on architectures that its trees have not seen.</summary>
    private TreeShape ChooseShape(
        IReadOnlyList<BenchmarkRow> rows, IReadOnlyList<ModelFigures> figures, double[] targets, FeatureSet features, CancellationToken cancellationToken)
    {
        if (options.Shapes is [var only])
            return only;
        var matrix = features.Matrix(figures);
        var folds = Folds.Assign(rows, FoldGrouping.Architecture, SelectionFolds, options.Boosting.Seed);
        var errors = new double[options.Shapes.Count, SelectionFolds];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Boosting.MaxThreads, CancellationToken = cancellationToken };
        Parallel.For(0, errors.Length, parallel, job =>
        {
            var (shape, fold) = (job / SelectionFolds, job % SelectionFolds);
            int[] inside = [.. Enumerable.Range(0, rows.Count).Where(i => folds[i] != fold)];
            if (inside.Length == 0)
                return;
            var forest = Learner(options.Shapes[shape], ensembles: 1).Fit(matrix.Select(inside), [.. inside.Select(i => targets[i])], cancellationToken);
            errors[shape, fold] = Enumerable.Range(0, rows.Count).Where(i => folds[i] == fold).Sum(i => Math.Abs(targets[i] - forest.Predict(matrix.Row(i))));
        });
        return options.Shapes[Enumerable.Range(0, options.Shapes.Count).MinBy(shape => Enumerable.Range(0, SelectionFolds).Sum(fold => errors[shape, fold]))];
    }

    private GradientBoostingLearner Learner(TreeShape shape, int ensembles) =>
        new(shape.Of(options.Boosting) with { Ensembles = ensembles }, _loss);
}
