using System.CommandLine;
using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Boards;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Web.Library;
using EnergyManager.Web.Storage;

namespace EnergyManager.Web.Cli;

/// <summary><c>predictor train|evaluate|compare|export</c>, and the user's own boards.</summary>
internal static class PredictorCommands
{
    /// <summary>The protocols that are always shown.</summary>
    public static IReadOnlyList<FoldGrouping> Groupings { get; } = [FoldGrouping.Random, FoldGrouping.Architecture, FoldGrouping.Family];

    public static Command Create(CliConsole console, CliServices services) => new("predictor", "The energy predictor")
    {
        Train(console, services),
        Evaluate(console, services),
        PredictorCompareCommand.Create(console, services),
        PredictorExportCommand.Create(console, services),
        BoardCommands.List(console, services),
        BoardCommands.Forget(console, services),
    };

    private static Command Train(CliConsole console, CliServices services)
    {
        var (device, json) = (CommandLine.DeviceOption(), CommandLine.JsonOption());
        device.Description += " Every device type when not given.";
        var own = new OwnBoardOptions();
        var command = new Command("train", "Trains the predictor from the benchmark tables and stores it for the server; with --csv, teaches it a board of your own")
        {
            device, own.Csv, own.Name, own.MinimumPower, own.MaximumPower, own.Inferences, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var training = new PredictorTraining(services);
            if (parsed.GetValue(own.Csv) is not null)
            {
                BoardCommands.Teach(console, services, training, parsed.GetValue(device), own.Read(parsed), parsed.GetValue(json), cancellationToken);
                return Task.FromResult(0);
            }

            own.RefuseWithoutCsv(parsed);
            var devices = parsed.GetValue(device) is { } name ? [services.Device(name).Device] : services.Get<DeviceTypeCatalog>().All;
            TrainedModel[] models = [.. devices.Select(type => training.Train(type, cancellationToken))];
            if (parsed.GetValue(json))
                console.WriteJson(models.Select(m => m.ToJson()));
            else
                TrainedModel.Show(console, models);
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Evaluate(CliConsole console, CliServices services)
    {
        var (device, json) = (CommandLine.DeviceOption(), CommandLine.JsonOption());
        var csv = new Option<FileInfo?>("--csv") { Description = "Predict the rows of this file with the shipped model; its energies are only compared with." };
        var grouping = new Option<FoldGrouping>("--group") { Description = "What folds keep together: Random, Architecture, Family or Campaign.", DefaultValueFactory = _ => FoldGrouping.Random };
        var newSetup = new Option<bool>("--new-setup") { Description = "Predict held-out rows as those of a board whose set-up (campaign) is not known." };
        var isStatic = new Option<bool>("--static") { Description = "Do not use the measured durations: predict the latency too." };
        var fewShot = new Option<bool>("--few-shot") { Description = "Take a board of the product for new: predict it from a few of its own rows, starting from the other board." };
        var repeats = RepeatsOption(new EvaluationOptions().Repeats);
        var importance = new Option<bool>("--importance") { Description = "Also measure by how much each feature's shuffling worsens held-out predictions." };
        var command = new Command("evaluate", "Measures how well energy is predicted: by cross-validation, or on the rows of a file")
        {
            device, csv, grouping, isStatic, newSetup, fewShot, repeats, importance, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var type = services.Device(parsed.GetValue(device)).Device;
            if (parsed.GetValue(fewShot))
            {
                if (parsed.GetValue(csv) is not null || parsed.GetValue(isStatic))
                    throw new CliException("--few-shot draws its own rows and measures both modes: leave --csv and --static out.");
                FewShotReport.Run(console, new PredictorTraining(services), parsed.GetValue(device) is null ? null : type, parsed.GetValue(json), cancellationToken);
                return Task.FromResult(0);
            }

            var boards = services.Get<OwnBoards>();
            var table = boards.TableOf(type);
            EvaluationResult result;
            if (parsed.GetValue(csv) is { } file)
            {
                if (parsed.GetValue(isStatic))
                    throw new CliException("--static needs cross-validation: leave --csv out.");
                if (parsed.GetValue(importance))
                    throw new CliException("--importance needs cross-validation: leave --csv out.");
                var read = BenchmarkReader.ReadFile(file.FullName);
                var predictor = LibraryHosting.LoadPredictor(services.Get<DataFolder>().Folder(PredictorTraining.Folder), TimeProvider.System, boards, _ => { }, cancellationToken);
                var model = predictor.Model(type.Id);
                var rows = StatedRuns.Of(model, read, EnergyFreeAudit.Rows(type, read));
                if (rows.Count == 0)
                    throw new CliException($"{file.Name}: no row says how long its run was. Give run_duration_s, duration_avg_s, or iterations_per_measurement beside latency_avg_s.");
                result = EnergyModelEvaluator.EvaluateAgainst(model, table, rows) with { LeftOut = read.Records.Count - rows.Count };
            }
            else
            {
                var options = new EvaluationOptions
                {
                    Grouping = parsed.GetValue(grouping),
                    Mode = parsed.GetValue(isStatic) ? PredictionMode.Static : PredictionMode.MeasuredLatency,
                    KnowsCampaign = !parsed.GetValue(newSetup),
                    Repeats = parsed.GetValue(repeats),
                };
                result = EnergyModelEvaluator.CrossValidate(table, options, cancellationToken);
                if (parsed.GetValue(importance))
                    result = result with { Importance = PermutationImportance.Measure(table, options, cancellationToken) };
            }

            if (parsed.GetValue(json))
                console.WriteLine(result.ToJson());
            else
                Show(console, result);
            return Task.FromResult(0);
        });
        return command;
    }

    public static Option<int> RepeatsOption(int usual)
    {
        var option = new Option<int>("--repeats") { Description = "Repeats of the cross-validation with other folds, 1 to 100.", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100)
                result.AddError("--repeats must be from 1 to 100.");
        });
        return option;
    }

    private static void Show(CliConsole console, EvaluationResult result)
    {
        ShowErrors(console, result);
        if (result.LeftOut > 0)
            console.WriteLine($"{Text(result.LeftOut)} rows were left out: the file does not say how long their run was.");
        if (result.Importance is { } importances)
        {
            console.WriteTable(
                ["feature", "error increase when shuffled", "spread"],
                importances.Select(i => (IReadOnlyList<string>)[i.Feature, Text(i.ErrorIncrease, "0.0000"), Text(i.Spread, "0.0000")]));
        }
    }

    private static void ShowErrors(CliConsole console, EvaluationResult result) => console.WriteTable(
        ["rows", "model", "MAPE", "median APE", "R2", "MAE (mWh)", "within 10 %", "90 % coverage", "95 % coverage", "interval hi/lo"],
        [
            [
                $"{result.Device}, {result.Rows} rows", "EnergyManager", Percent(result.Mape), Percent(result.MedianApe), Text(result.R2, "0.000"),
                Text(result.MaeMwh, "0.00"), Percent(result.Within10), Percent(result.Coverage90), Percent(result.Coverage95), Text(result.MeanIntervalRatio, "0.00"),
            ],
            Baseline("a line through MACs", result.BaselineMacs),
            Baseline("constant power x time", result.BaselineConstantPower),
        ]);

    private static IReadOnlyList<string> Baseline(string name, BaselineResult result) =>
        ["", name, Percent(result.Mape), Percent(result.MedianApe), Text(result.R2, "0.000"), Text(result.MaeMwh, "0.00"), Percent(result.Within10), "", "", ""];

    public static string Percent(double fraction) => Text(fraction * 100, "0.0") + " %";

    public static string Text(IFormattable value, string? format = null) => value.ToString(format, CultureInfo.InvariantCulture);
}
