using System.CommandLine;
using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Benchmarks.Reference;

namespace EnergyManager.Web.Cli;

/// <summary><c>benchmarks audit|import</c>.</summary>
internal static class BenchmarkCommands
{
    public static Command Create(CliConsole console) => new("benchmarks", "Benchmark tables")
    {
        Audit(console),
        Import(console),
    };

    private static Command Audit(CliConsole console)
    {
        var (device, json, files) = (CommandLine.DeviceOption(), CommandLine.JsonOption(), FilesArgument());
        var command = new Command("audit", "Says what is wrong with the rows of a benchmark file, and what would be repaired. Changes nothing") { files, device, json };
        command.SetAction((parsed, _) =>
        {
            var type = CliServices.Device(parsed.GetValue(device)).Device;
            BenchmarkFile[] read = [.. parsed.GetRequiredValue(files).Select(file => BenchmarkReader.ReadFile(file.FullName))];
            Show(console, new Auditor().Audit(type, read).Report, parsed.GetValue(json));
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Import(CliConsole console)
    {
        var (device, json, files) = (CommandLine.DeviceOption(), CommandLine.JsonOption(), FilesArgument());
        device.Required = true;
        var output = new Option<DirectoryInfo>("--output", "-o") { Description = "Folder that gets devices/<device>.csv.", Required = true };
        var timm = new Option<DirectoryInfo?>("--reference") { Description = "Folder with the timm project's result files: writes reference/*.csv too." };
        var command = new Command("import", "Audits benchmark files and writes the repaired rows as a curated table") { files, device, output, timm, json };
        command.SetAction((parsed, _) =>
        {
            var type = CliServices.Device(parsed.GetValue(device)).Device;
            var folder = parsed.GetRequiredValue(output).FullName;
            var reference = parsed.GetValue(timm) is { } source ? CuratedTableBuilder.WriteReference(source.FullName, folder) : ArchitectureReference.Shipped;
            string[] paths = [.. parsed.GetRequiredValue(files).Select(file => file.FullName)];
            Show(console, CuratedTableBuilder.WriteDevice(type, paths, reference, folder), parsed.GetValue(json));
            return Task.FromResult(0);
        });
        return command;
    }

    private static Argument<FileInfo[]> FilesArgument() => new("csv")
    {
        Description = "CSV files in the curated or the raw schema, the most authoritative first.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static void Show(CliConsole console, AuditReport report, bool json)
    {
        if (json)
        {
            console.WriteJson(report);
            return;
        }

        console.WriteTable(
            ["line", "model", "verdict", "rule", "evidence and changes"],
            report.Rows.SelectMany(row => row.Entries.Select(entry => (IReadOnlyList<string>)
            [
                Text(row.Line), row.Model, entry.Verdict.ToString().ToLowerInvariant(), entry.Code, Explain(entry),
            ])));
        console.WriteTable(
            ["rule", "name", "findings", "repairs", "exclusions"],
            report.Totals.Select(t => (IReadOnlyList<string>)[t.Code, t.Name, Text(t.Findings), Text(t.Repairs), Text(t.Exclusions)]));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Device}: {report.RowsRead} rows read, {report.RowsRepeated} repeated, {report.RowsExcluded} excluded ({report.ExcludedShare * 100:0.0} %), {report.RowsKept} kept."));
    }

    private static string Explain(AuditEntry entry) =>
        string.Join("; ", [entry.Evidence, .. entry.Changes.Select(c => $"{c.Field}: {Or(c.OldValue)} -> {Or(c.NewValue)}")]);

    private static string Or(string value) => value.Length == 0 ? "(none)" : value;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
