using System.CommandLine;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Boards;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Comparison;
using EnergyManager.Core.Prediction.Validation;

namespace EnergyManager.Web.Cli;

/// <summary><c>predictor compare</c>: the predictor beside other learners and two baselines, on the same folds.</summary>
internal static class PredictorCompareCommand
{
    public static Command Create(CliConsole console, CliServices services)
    {
        var (device, json) = (CommandLine.DeviceOption(), CommandLine.JsonOption());
        device.Description += " Every device type when neither it nor a file is given.";
        var csv = new Option<FileInfo?>("--csv") { Description = "Compare on the rows of this file, in either schema, as published: nothing is repaired." };
        var grouping = new Option<FoldGrouping?>("--group") { Description = "What folds keep together: Random, Architecture, Family or Campaign. The first three in turn when not given." };
        var folds = new Option<DirectoryInfo?>("--folds") { Description = "Write the rows with their folds and held-out predictions to this folder, for learners of other libraries." };
        var repeats = PredictorCommands.RepeatsOption(new EvaluationOptions().Repeats);
        var command = new Command("compare", "Compares the predictor with other learners and two baselines by cross-validation")
        {
            device, csv, grouping, repeats, folds, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var groupings = parsed.GetValue(grouping) is { } asked ? [asked] : PredictorCommands.Groupings;
            var results = new List<ComparisonResult>();
            foreach (var table in Tables(services, parsed.GetValue(device), parsed.GetValue(csv)))
            {
                foreach (var group in groupings)
                {
                    var options = new EvaluationOptions { Grouping = group, Repeats = parsed.GetValue(repeats) };
                    results.Add(ModelComparison.Run(table, options, ComparisonLearners.All, cancellationToken));
                }
            }

            if (parsed.GetValue(folds) is { } folder)
                results.ForEach(result => WriteFolds(folder.FullName, result));
            if (parsed.GetValue(json))
                console.WriteJson(results.Select(Json));
            else
                results.ForEach(result => Show(console, result));
            return Task.FromResult(0);
        });
        return command;
    }

    private static IEnumerable<ComparisonTable> Tables(CliServices services, string? device, FileInfo? csv)
    {
        if (csv is null)
            return (device is null ? DeviceTypes.All : [services.Device(device).Device]).Select(type => ComparisonTable.Of(services.Get<OwnBoards>().TableOf(type)));
        var type = device is null && CuratedTableBuilder.DeviceOf(csv.Name) is { } named ? named : services.Device(device).Device;
        return [ComparisonTable.Of(type, BenchmarkReader.ReadFile(csv.FullName))];
    }

    // Written beside and moved over, so that a failure never leaves half a file.
    private static void WriteFolds(string folder, ComparisonResult result)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, $"{result.Table.Name}.{Protocol(result)}.csv");
        using (var text = new StreamWriter(path + ".part"))
            FoldFile.Write(text, result);
        File.Move(path + ".part", path, overwrite: true);
    }

    private static object Json(ComparisonResult result) => new
    {
        Table = result.Table.Name,
        Device = result.Table.Table.Device.Id,
        Rows = result.HeldOut.Rows.Count,
        Protocol = Protocol(result),
        result.Options.Folds,
        result.Options.Repeats,
        result.Options.Seed,
        Models = result.Models.Select(model => new
        {
            model.Name,
            model.Setting,
            Mape = Finite(model.Accuracy.Mape),
            MedianApe = Finite(model.Accuracy.MedianApe),
            R2 = Finite(model.Accuracy.R2),
            MaeMwh = Finite(model.Accuracy.MaeMwh),
            Within10 = Finite(model.Accuracy.Within10),
        }),
    };

    // A line through logarithms can leave every bound on rows unlike those that it was fitted on: JSON has no word for that but null.
    private static double? Finite(double figure) => double.IsFinite(figure) ? figure : null;

    private static void Show(CliConsole console, ComparisonResult result)
    {
        console.WriteLine(
            $"{result.Table.Name}, {result.HeldOut.Rows.Count} rows, {Protocol(result)}: {result.Options.Repeats} x {result.Options.Folds} folds, errors of run energy");
        console.WriteTable(
            ["model", "learns", "MAPE", "median APE", "R2", "MAE (mWh)", "within 10 %"],
            result.Models.Select(model => (IReadOnlyList<string>)
            [
                model.Name, Describe(model.Setting), PredictorCommands.Percent(model.Accuracy.Mape), PredictorCommands.Percent(model.Accuracy.MedianApe),
                PredictorCommands.Text(model.Accuracy.R2, "0.000"), PredictorCommands.Text(model.Accuracy.MaeMwh, "0.00"), PredictorCommands.Percent(model.Accuracy.Within10),
            ]));
    }

    private static string Describe(ComparisonSetting setting) => setting switch
    {
        ComparisonSetting.Published => "run energy, published features",
        ComparisonSetting.Physical => "ln power x duration, our features",
        _ => "",
    };

    private static string Protocol(ComparisonResult result) => result.Options.Grouping.ToString().ToLowerInvariant();
}
