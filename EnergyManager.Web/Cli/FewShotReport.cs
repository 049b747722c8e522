using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.FewShot;

namespace EnergyManager.Web.Cli;

/// <summary><c>predictor evaluate --few-shot</c>: how well a new board is predicted from a handful of its rows.</summary>
internal static class FewShotReport
{
    /// <summary>Takes each board of the product for new in turn, or the given one, beside the model of the other.</summary>
    public static void Run(CliConsole console, PredictorTraining training, DeviceType? device, bool json, CancellationToken cancellationToken)
    {
        if (device is not null && !DeviceTypes.All.Contains(device))
            throw new CliException($"--few-shot: {device.Id} has no rows to hide. It takes a board of the product for new: {string.Join(" or ", DeviceTypes.All.Select(d => d.Id))}.");
        var options = new FewShotSimulationOptions();
        var results = new List<FewShotResult>();
        foreach (var board in DeviceTypes.All.Where(d => device is null || d == device))
        {
            foreach (var other in DeviceTypes.All.Where(d => d != board))
                results.AddRange(FewShotSimulation.Run(BenchmarkCatalog.Load(board), training.Product(other, cancellationToken), options, cancellationToken));
        }

        if (json)
        {
            console.WriteJson(new { options.Draws, Results = results });
            return;
        }

        Show(console, $"Duration known: MAPE of run energy, {options.Draws} draws of own rows, other architectures", results, r => r.Measured, r => (r.MeasuredCoverage90, r.MeasuredIntervalRatio));
        Show(console, "Nothing has run: MAPE of the energy of an inference", results, r => r.Static, r => (r.StaticCoverage90, r.StaticIntervalRatio));
    }

    private static void Show(
        CliConsole console, string title, IEnumerable<FewShotResult> results, Func<FewShotResult, FewShotErrors> errors,
        Func<FewShotResult, (double Coverage, double Ratio)> interval)
    {
        console.WriteLine(title);
        console.WriteTable(
            ["new board", "own rows", "few-shot", "other board as it is", "constant power", "trees on own rows", "90 % coverage", "interval hi/lo"],
            results.Select(r => (IReadOnlyList<string>)
            [
                r.NewBoard, r.Rows.ToString(CultureInfo.InvariantCulture), Percent(errors(r).FewShot), Percent(errors(r).Base), Percent(errors(r).Constant),
                Percent(errors(r).OwnTrees), Percent(interval(r).Coverage), interval(r).Ratio.ToString("0.0", CultureInfo.InvariantCulture),
            ]));
    }

    private static string Percent(double fraction) => (fraction * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
