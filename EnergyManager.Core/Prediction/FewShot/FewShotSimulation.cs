using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>How a new board is simulated.</summary>
public sealed record FewShotSimulationOptions
{
    /// <summary>How many own rows the new board is given, one simulation each.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [3, 5, 10, 20, 40];

    /// <summary>Draws of own rows for each count. 1 to 1,000.</summary>
    public int Draws { get; init; } = 20;

    /// <summary>Seed of the first draw; the next one has the next seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How the models are trained.</summary>
    public TrainingOptions Training { get; init; } = new();
}

/// <summary>Mean absolute percentage errors of four ways to predict a new board, as fractions.</summary>
/// <param name="FewShot">The nearest board's model, corrected by the own rows.</param>
/// <param name="Base">The nearest board's model as it is.</param>
/// <param name="Constant">Mean power of the own rows times duration; where nothing has run, also their mean time per GMAC.</param>
/// <param name="OwnTrees">Trees trained on the own rows alone.</param>
public sealed record FewShotErrors(double FewShot, double Base, double Constant, double OwnTrees);

/// <summary>One simulation: a board whose rows were hidden but for a few.</summary>
/// <param name="NewBoard">The board that is taken for new.</param>
/// <param name="NearestBoard">The board whose model it starts from.</param>
/// <param name="Rows">Own rows.</param>
/// <param name="Measured">Errors of run energy where the duration is known.</param>
/// <param name="Static">Errors of the energy of an inference where nothing has run.</param>
/// <param name="MeasuredCoverage90">Share of the rows inside the 90 % interval, duration known.</param>
/// <param name="StaticCoverage90">The same where nothing has run.</param>
/// <param name="MeasuredIntervalRatio">Upper over lower bound of the 90 % interval (geometric mean), duration known.</param>
/// <param name="StaticIntervalRatio">The same where nothing has run.</param>
public sealed record FewShotResult(
    string NewBoard, string NearestBoard, int Rows, FewShotErrors Measured, FewShotErrors Static,
    double MeasuredCoverage90, double StaticCoverage90, double MeasuredIntervalRatio, double StaticIntervalRatio);

/// <summary>
/// Measures how well a board is predicted from a handful of rows: a board with a table is taken for new, all of its rows but
/// a few drawn at random are hidden, and the hidden ones of other architectures are predicted.
/// </summary>
public static class FewShotSimulation
{
    /// <summary>Runs the simulations of one board taken for new.</summary>
    /// <param name="board">The table of the board.</param>
    /// <param name="nearest">The model of the other board.</param>
    /// <param name="options">Counts, draws and seeds. The same give the same result.</param>
    /// <param name="cancellationToken">Stops between draws.</param>
    public static IReadOnlyList<FewShotResult> Run(
        BenchmarkTable board, EnergyModelArtifact nearest, FewShotSimulationOptions options, CancellationToken cancellationToken)
    {
        options.Training.Validate();
        if (options.Draws is < 1 or > 1000)
            throw new ArgumentOutOfRangeException(nameof(options), "Draws must be 1 to 1000.");
        var asItIs = AsItIs(board.Rows, new DeviceEnergyModel(nearest));
        var jobs = options.Counts.SelectMany(count => Enumerable.Range(0, options.Draws).Select(draw => (Count: count, Draw: draw))).ToArray();
        var draws = new Draw[jobs.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, jobs.Length, parallel, i =>
            draws[i] = Simulate(board, nearest, asItIs, jobs[i].Count, options.Seed + (ulong)jobs[i].Draw, options.Training, cancellationToken));
        return [.. options.Counts.Select((count, i) => Summarise(board, nearest, count, draws.AsSpan(i * options.Draws, options.Draws).ToArray()))];
    }

    /// <summary>Own rows: at random, but the first few with a known or likely count, as training demands.</summary>
    private static BenchmarkRow[] OwnRows(IReadOnlyList<BenchmarkRow> rows, int count, ulong seed)
    {
        BenchmarkRow[] shuffled = [.. rows];
        var random = new SplitMix64(seed);
        random.Shuffle(shuffled.AsSpan());
        BenchmarkRow[] first = [.. shuffled.Where(FewShotCorrection.IsTimed).Take(FewShotTrainer.MinimumRows)];
        return [.. first, .. shuffled.Except(first, ReferenceEqualityComparer.Instance).Cast<BenchmarkRow>().Take(count - first.Length)];
    }

    /// <summary>Power where the duration is known and energy of an inference where nothing has run, by the other board's model.</summary>
    private static Dictionary<BenchmarkRow, (double Watts, double Joules)> AsItIs(IReadOnlyList<BenchmarkRow> rows, DeviceEnergyModel model) =>
        rows.Distinct().ToDictionary(row => row, row =>
        {
            var unrun = model.Estimate(FewShotCorrection.WithoutRun(row));
            return (model.Estimate(ModelFigures.Of(row)).Watts, unrun.Watts * unrun.LatencyS);
        });

    private static Draw Simulate(
        BenchmarkTable board, EnergyModelArtifact nearest, Dictionary<BenchmarkRow, (double Watts, double Joules)> asItIs, int count, ulong seed, TrainingOptions training, CancellationToken cancellationToken)
    {
        var own = OwnRows(board.Rows, count, seed);
        var known = own.Select(r => r.Architecture).ToHashSet(StringComparer.Ordinal);
        var start = new NearestBoard(nearest);
        var table = board with { Rows = own };
        var fewShot = new FewShotEnergyModel(
            FewShotTrainer.Artifact(table, start, FewShotCorrection.Fit(own, start)) with { QuartilesMwh = [0, 0, 0] }, nearest, board.Device);
        // A second ensemble hardly changes the error of so few rows.
        var trees = new EnergyForestTrainer(training with { Boosting = training.Boosting with { MaxThreads = 1 } }).Fit(own, ensembles: 1, cancellationToken);
        var watts = own.Average(r => r.AveragePower.Watts);
        var secondsPerGmac = own.Where(FewShotCorrection.IsTimed).Average(r => ModelFigures.LikelyLatencyPerInputS(r) / r.Gmacs);

        var draw = new Draw();
        foreach (var row in board.Rows.Where(r => !known.Contains(r.Architecture)))
        {
            var figures = ModelFigures.Of(row);
            var truth = row.AveragePower.Watts;
            var estimate = fewShot.Estimate(figures);
            draw.Measured.Add(truth, estimate.Watts, asItIs[row].Watts, watts, Math.Exp(trees.LogPower(figures)), estimate.LogHalfWidth90);
            if (!FewShotCorrection.IsTimed(row))
                continue;
            figures = FewShotCorrection.WithoutRun(row);
            truth *= ModelFigures.LikelyLatencyPerInputS(row);
            estimate = fewShot.Estimate(figures);
            draw.Static.Add(
                truth, estimate.Watts * estimate.LatencyS, asItIs[row].Joules, watts * secondsPerGmac * row.Gmacs,
                Math.Exp(trees.LogStaticPower(figures) + trees.LogStaticLatency(figures)), estimate.LogHalfWidth90);
        }
        return draw;
    }

    private static FewShotResult Summarise(BenchmarkTable board, EnergyModelArtifact nearest, int count, Draw[] draws) => new(
        board.Device.Id, nearest.DeviceId, count,
        Tally.Errors([.. draws.Select(d => d.Measured)]), Tally.Errors([.. draws.Select(d => d.Static)]),
        draws.Average(d => d.Measured.Coverage), draws.Average(d => d.Static.Coverage),
        Math.Exp(2 * draws.Average(d => d.Measured.MeanHalfWidth)), Math.Exp(2 * draws.Average(d => d.Static.MeanHalfWidth)));

    private sealed class Draw
    {
        public Tally Measured { get; } = new();

        public Tally Static { get; } = new();
    }

    /// <summary>Adds up the errors of one draw.</summary>
    private sealed class Tally
    {
        private readonly double[] _errors = new double[4];
        private int _rows;
        private int _covered;
        private double _widths;

        public double Coverage => _covered / (double)_rows;

        public double MeanHalfWidth => _widths / _rows;

        public void Add(double truth, double fewShot, double unadjusted, double constant, double trees, double halfWidth)
        {
            _rows++;
            ReadOnlySpan<double> predictions = [fewShot, unadjusted, constant, trees];
            for (var i = 0; i < predictions.Length; i++)
                _errors[i] += Math.Abs(predictions[i] / truth - 1);
            _covered += Math.Abs(Math.Log(truth / fewShot)) <= halfWidth ? 1 : 0;
            _widths += halfWidth;
        }

        /// <summary>The mean over the draws.</summary>
        public static FewShotErrors Errors(IReadOnlyList<Tally> draws)
        {
            double Mean(int way) => draws.Average(d => d._errors[way] / d._rows);
            return new FewShotErrors(Mean(0), Mean(1), Mean(2), Mean(3));
        }
    }
}
