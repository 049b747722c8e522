using System.CommandLine;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;

namespace EnergyManager.Web.Cli;

/// <summary><c>benchmarks audit|import</c>.</summary>
internal static class BenchmarkCommands
{
    private static readonly BenchmarkReaderOptions LeavesOutBadRows = BenchmarkReaderOptions.Default with { LeavesOutBadRows = true };

    public static Command Create(CliConsole console, CliServices services) => new("benchmarks", "Benchmark tables")
    {
        Audit(console, services),
        Import(console, services),
    };

    private static Command Audit(CliConsole console, CliServices services)
    {
        var (device, json, files) = (CommandLine.DeviceOption(), CommandLine.JsonOption(), FilesArgument());
        var command = new Command("audit", "Says what is wrong with the rows of a benchmark file, and what would be repaired. Changes nothing; fails where rows cannot be read") { files, device, json };
        command.SetAction((parsed, _) =>
        {
            string[] paths = [.. parsed.GetRequiredValue(files).Select(file => file.FullName)];
            BenchmarkFile[] read = [.. paths.Select(path => BenchmarkReader.ReadFile(path, LeavesOutBadRows))];
            var report = new Auditor().Audit(Device(services, parsed.GetValue(device), paths), read).Report;
            Show(console, [report], parsed.GetValue(json));
            return Task.FromResult(report.RowsUnreadable == 0 ? 0 : CommandLine.Failed);
        });
        return command;
    }

    private static Command Import(CliConsole console, CliServices services)
    {
        var (device, json, files) = (CommandLine.DeviceOption(), CommandLine.JsonOption(), FilesArgument());
        var output = new Option<DirectoryInfo>("--output", "-o") { Description = "Folder that gets devices/<device>.csv.", Required = true };
        var timm = new Option<DirectoryInfo?>("--reference") { Description = "Folder with the timm project's result files: writes the tables of every board in the files, and reference/*.csv." };
        var command = new Command("import", "Audits benchmark files and writes the repaired rows as a curated table") { files, device, output, timm, json };
        command.SetAction((parsed, _) =>
        {
            var folder = parsed.GetRequiredValue(output).FullName;
            string[] paths = [.. parsed.GetRequiredValue(files).Select(file => file.FullName)];
            var reports = parsed.GetValue(timm) is { } source
                ? CuratedTableBuilder.WriteAll(paths, source.FullName, folder)
                : [Write(Device(services, parsed.GetValue(device), paths), paths, folder)];
            Show(console, reports, parsed.GetValue(json));
            return Task.FromResult(0);
        });
        return command;
    }

    private static Argument<FileInfo[]> FilesArgument() => new("csv")
    {
        Description = "CSV files in the curated or the raw schema, the most authoritative first.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The device type that is asked for, else the one that the file's name says, else the default.</summary>
    private static DeviceType Device(CliServices services, string? asked, string[] paths) =>
        asked is null && CuratedTableBuilder.DeviceOf(paths[0]) is { } named ? named : services.Device(asked).Device;

    // Written beside and moved over, so that a failure never leaves half a table.
    private static AuditReport Write(DeviceType device, string[] paths, string folder)
    {
        var (table, report) = CuratedTableBuilder.BuildDevice(device, paths, ArchitectureReference.Shipped);
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "devices")).FullName, $"{device.Id}.csv");
        File.WriteAllText(path + ".part", table);
        File.Move(path + ".part", path, overwrite: true);
        return report;
    }

    private static void Show(CliConsole console, IReadOnlyList<AuditReport> reports, bool json)
    {
        if (json && reports is [var only])
            console.WriteJson(only);
        else if (json)
            console.WriteJson(reports);
        else
            foreach (var report in reports)
                AuditReportText.Write(console, report);
    }
}
