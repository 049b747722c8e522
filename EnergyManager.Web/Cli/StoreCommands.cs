using System.CommandLine;
using System.Globalization;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Library;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Cli;

/// <summary><c>models versions|remove|gc</c>: the store itself, whether a server uses it meanwhile or not.</summary>
internal static class StoreCommands
{
    private const int ShownHashDigits = 12;

    public static Command Versions(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var name = new Argument<string>("name") { Description = "Model name or file name." };
        var command = new Command("versions", "Lists the versions of a model in the store, with what is known of each") { name, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var model = await services.Get<StoreCatalog>().FindAsync(parsed.GetRequiredValue(name), cancellationToken)
                ?? throw new CliException($"The model store has no file of {parsed.GetRequiredValue(name)}: models list --available names those that it has.");
            if (parsed.GetValue(json))
            {
                console.WriteJson(model);
                return 0;
            }

            foreach (var file in model.Files)
                Show(console, file);
            return 0;
        });
        return command;
    }

    public static Command Remove(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var name = new Argument<string>("name") { Description = "Model name (all its formats) or file name." };
        var command = new Command("remove", "Removes a model from the store with all its versions, unless a device needs it") { name, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var removal = await services.Get<IModelStore>().RemoveAsync(parsed.GetRequiredValue(name), services.Get<IArtifactNeeds>(), cancellationToken);
            if (removal.RefusedBecause is { } reason)
                throw new CliException(reason);
            if (parsed.GetValue(json))
                console.WriteJson(new { removal.FileNames });
            else
                console.WriteLine($"{string.Join(", ", removal.FileNames)} removed from the model store.");
            return 0;
        });
        return command;
    }

    public static Command Collect(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be removed." };
        var keep = new Option<int?>("--keep") { Description = "Newest versions of each file to keep, the current one included (EnergyManager:Store:KeepVersions)." };
        var age = new Option<double?>("--min-age-days") { Description = "Keep versions that came more recently than this (EnergyManager:Store:MinimumAge)." };
        var command = new Command("gc", "Removes old versions that no device runs, should run or may go back to") { dryRun, keep, age, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var policy = StoreSweep.Policy(services.Get<IOptions<ManagerOptions>>().Value.Store);
            if (parsed.GetValue(keep) is { } versions)
                policy = policy with { KeepVersions = versions >= 1 ? versions : throw new CliException($"--keep is {versions}; it must be at least 1.") };
            if (parsed.GetValue(age) is { } days)
            {
                policy = policy with
                {
                    MinimumAge = days is >= 0 and <= 36_500 ? TimeSpan.FromDays(days) : throw new CliException($"--min-age-days is {days}; it must be from 0 to 36500."),
                };
            }

            var report = await services.Get<IModelStore>().CollectAsync(policy, services.Get<IArtifactNeeds>(), parsed.GetValue(dryRun), cancellationToken);
            if (parsed.GetValue(json))
                console.WriteJson(report);
            else
                Show(console, report);
            return 0;
        });
        return command;
    }

    private static void Show(CliConsole console, StoredFile file)
    {
        console.WriteLine(file.Present ? file.FileName : $"{file.FileName} (deleted: its versions stay until models gc)");
        if (file.NotExecutableBecause is { } reason)
            console.WriteLine(reason);
        console.WriteTable(
            ["version", "added", "MB", "params (M)", "GMACs", "precision", "input", "top-1 (%)", "licence", "source", "SHA-256", "state"],
            file.Versions.Select(v => (IReadOnlyList<string>)
            [
                (v.Version?.ToString(CultureInfo.InvariantCulture) ?? "?") + (v.Newest ? " *" : ""),
                v.AddedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Text(v.SizeBytes / 1e6, "0.00"), Text(v.ParamsM, "0.00"), Text(v.Gmacs, "0.000"), v.Precision ?? "unknown", string.Join("; ", v.Inputs),
                v.RandomWeights ? "random weights" : Text(v.Top1, "0.0"), v.Licence ?? "unknown", v.Source ?? "by hand", v.Sha256[..ShownHashDigits],
                v.Content == "whole" ? v.NeededBecause ?? "" : v.Content,
            ]));
    }

    private static void Show(CliConsole console, CollectionReport report)
    {
        var megabytes = (report.FreedBytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
        if (report.Removed.Count + report.Kept.Count > 0)
        {
            console.WriteTable(
                ["", "file", "version", "MB", "SHA-256", "reason"],
                report.Removed.Select(v => Row(report.DryRun ? "would go" : "removed", v)).Concat(report.Kept.Select(v => Row("stays", v))));
        }

        console.WriteLine($"{report.Removed.Count} versions {(report.DryRun ? "would be removed" : "removed")}, {megabytes} MB {(report.DryRun ? "would be freed" : "freed")}.");
    }

    private static IReadOnlyList<string> Row(string what, CollectedVersion version) =>
    [
        what, version.FileName ?? "(no name)", version.Version?.ToString(CultureInfo.InvariantCulture) ?? "", Text(version.SizeBytes / 1e6, "0.00"),
        version.Sha256[..ShownHashDigits], version.Reason,
    ];

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
