using System.CommandLine;
using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Boards;
using EnergyManager.Core.Devices;

namespace EnergyManager.Web.Cli;

/// <summary>Boards of the user's own: <c>predictor train --csv</c>, <c>predictor boards</c> and <c>predictor forget</c>.</summary>
internal static class BoardCommands
{
    private const string RestartNote = "A server that is running now knows the boards that it started with: restart it.";

    public static Command List(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var command = new Command("boards", "Lists the boards that energy can be predicted for: those of the product and your own") { json };
        command.SetAction((parsed, _) =>
        {
            var own = services.Get<OwnBoards>();
            var boards = services.Get<DeviceTypeCatalog>().All.Select(device => (Device: device, Table: own.TableOf(device), Own: own.Find(device))).ToArray();
            if (parsed.GetValue(json))
            {
                console.WriteJson(new
                {
                    Boards = boards.Select(b => new
                    {
                        Id = b.Device.Id,
                        b.Device.Name,
                        Own = b.Own is not null,
                        Rows = b.Table.Rows.Count,
                        Model = ModelOf(b.Table, b.Own),
                        MinPowerW = b.Device.MinimumPower.Watts,
                        MaxPowerW = b.Device.MaximumPower.Watts,
                        PowerLimits = b.Own?.PowerLimits ?? "given",
                        Source = b.Own?.Source,
                    }),
                    Problems = own.Problems.Select(p => new { p.File, p.Message }),
                });
                return Task.FromResult(0);
            }

            console.WriteTable(
                ["id", "name", "own", "rows", "model", "power (W)"],
                boards.Select(b => (IReadOnlyList<string>)
                [
                    b.Device.Id, b.Device.Name, b.Own is null ? "" : "own", Text(b.Table.Rows.Count), ModelOf(b.Table, b.Own),
                    $"{Text(b.Device.MinimumPower.Watts, "0.##")}-{Text(b.Device.MaximumPower.Watts, "0.##")}",
                ]));
            foreach (var problem in own.Problems)
                console.WriteLine(problem.ToString());
            return Task.FromResult(0);
        });
        return command;
    }

    public static Command Forget(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var id = new Argument<string>("id") { Description = "Id of the board." };
        var command = new Command("forget", "Removes a board of your own, its measurements and its model") { id, json };
        command.SetAction((parsed, _) =>
        {
            var board = DeviceTypeId.Normalise(parsed.GetRequiredValue(id));
            // Also what cannot be read: this is the way out of a damaged file.
            if (DeviceTypeCatalog.Problem(board) is { } problem)
                throw new CliException($"id: {problem}");
            if (!services.Get<BoardStore>().Forget(board))
                throw new CliException($"id: there is no board of your own called '{board}'. See predictor boards.");
            new PredictorTraining(services).Forget(board);
            if (parsed.GetValue(json))
                console.WriteJson(new { Forgotten = board, RestartNeeded = true });
            else
                console.WriteLine($"{board} is forgotten. {RestartNote}");
            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>Audits the measurements of a board, trains its model and keeps it. Nothing is kept when any of it fails.</summary>
    public static void Teach(
        CliConsole console, CliServices services, PredictorTraining training, string? device, OwnBoardArguments arguments, bool json,
        CancellationToken cancellationToken)
    {
        var id = DeviceTypeId.Normalise(device ?? throw new CliException("--device is needed with --csv: the id that the board gets, for example orange-pi-5."));
        if (DeviceTypeCatalog.Problem(id) is { } problem)
            throw new CliException($"--device: {problem}");
        var store = services.Get<BoardStore>();
        var before = services.Get<OwnBoards>().Boards.FirstOrDefault(b => b.Device.Id == id);
        var file = WithCount(BenchmarkReader.ReadFile(arguments.Csv.FullName), arguments.Inferences);
        var limits = PowerLimits.Of(arguments.MinimumPowerW, arguments.MaximumPowerW, file.Records);
        var type = new DeviceType(id, arguments.Name?.Trim() ?? before?.Device.Name ?? id, limits.Minimum, limits.Maximum);
        var (rows, report) = new Auditor().Audit(type, file);
        if (rows.Count == 0)
        {
            var row = report.Rows.First(r => r.Excluded);
            var why = row.Entries[^1];
            throw new CliException($"--csv: the audit excludes every row; line {row.Line} ({row.Model}) because of {why.Code}: {why.Evidence}");
        }

        var model = training.Train(store.Preview(type, rows, limits.Origin, file.Source), cancellationToken);
        var board = store.Save(type, rows, limits.Origin, file.Source);
        if (json)
        {
            console.WriteJson(new
            {
                Id = id,
                type.Name,
                Replaced = before is not null,
                MinPowerW = type.MinimumPower.Watts,
                MaxPowerW = type.MaximumPower.Watts,
                PowerLimits = limits.Origin,
                Audit = report,
                ModelKind = ModelOf(board.Table, board),
                Model = model.ToJson(),
                RestartNeeded = true,
            });
            return;
        }

        console.WriteLine($"{(before is null ? "New" : "Replaced")}: {id} ({type.Name}), {ModelOf(board.Table, board)}.");
        console.WriteLine($"Audit: {report.RowsRead} rows read, {report.RowsRepeated} repeated, {report.RowsExcluded} excluded, {report.RowsKept} kept, {report.Rows.Count(r => r.Entries.Count > 0)} with something to know (--json shows each).");
        console.WriteLine($"Power: {type.MinimumPower} to {type.MaximumPower}, {limits.Origin}.");
        TrainedModel.Show(console, [model]);
        if (!BoardTrainer.HasOwnModel(board.Table))
            console.WriteLine("So few rows give wide intervals, and the errors above are of these very rows, each left out once: measure more networks to narrow them.");
        console.WriteLine(RestartNote);
    }

    private static BenchmarkFile WithCount(BenchmarkFile file, int? inferences) => inferences is not { } count ? file : file with
    {
        Records = [.. file.Records.Select(r => r.Inferences is not null ? r : r with { Inferences = count, RunDurationS = r.RunDurationS ?? r.LatencyS * count })],
    };

    private static string ModelOf(BenchmarkTable table, OwnBoard? own) =>
        own is null || BoardTrainer.HasOwnModel(table) ? "model of its own" : "few-shot correction of the nearest board";

    private static string Text(IFormattable value, string? format = null) => value.ToString(format, CultureInfo.InvariantCulture);
}
