using System.Globalization;
using System.Text;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>Writes the results as a page.</summary>
internal static class FaultTable
{
    public static string Write(IReadOnlyList<CellResult> results, DateTimeOffset date, string versions)
    {
        var page = new StringBuilder();
        page.AppendLine("# Deployments under faults");
        page.AppendLine();
        page.AppendLine("Every fault in every state of a deployment. A real server and a real agent are brought into the state, held there, struck, and let go on; the");
        page.AppendLine("device runs another model before (`old`). *Struck in* is the state that the deployment really was in. *Sentence* is what a user reads of the");
        page.AppendLine("deployment by REST and on the dashboard: the reason of its end, or the last line of its history. *Infers with* is the model of the inferences that");
        page.AppendLine("arrived on the server after the end. Seconds are from the fault to the end, the fault's own length included.");
        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"Written by `dotnet run -c Release --project benchmarks/EnergyManager.Benchmarks -- chaos deployments --write docs/deployment-faults.md` on {date:yyyy-MM-dd}, {versions}.");
        page.AppendLine(CultureInfo.InvariantCulture, $"{results.Count} faults struck, {results.Count(r => r.Violation is null)} of them ended as they must.");
        page.AppendLine();
        Summary(page, results);
        foreach (var fault in Enum.GetValues<DeploymentFault>())
            Section(page, fault, results);
        return page.ToString();
    }

    /// <summary>Ends at a glance: states down, faults across.</summary>
    private static void Summary(StringBuilder page, IReadOnlyList<CellResult> results)
    {
        var faults = Enum.GetValues<DeploymentFault>();
        page.AppendLine(CultureInfo.InvariantCulture, $"| state | {string.Join(" | ", faults.Select(FaultCases.Title))} |");
        page.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(faults.Select(_ => "---|"))}");
        foreach (var state in FaultCases.States)
        {
            var ends = faults.Select(fault => results.FirstOrDefault(r => r.Case.State == state && r.Case.Fault == fault)?.End ?? "–");
            page.AppendLine(CultureInfo.InvariantCulture, $"| {state} | {string.Join(" | ", ends)} |");
        }
    }

    private static void Section(StringBuilder page, DeploymentFault fault, IReadOnlyList<CellResult> results)
    {
        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {FaultCases.Title(fault)}").AppendLine();
        page.AppendLine("| struck in | what | end | infers with | s | sentence |").AppendLine("|---|---|---|---|---|---|");
        foreach (var cell in FaultCases.All.Where(c => c.Fault == fault))
        {
            if (results.FirstOrDefault(r => r.Case == cell) is { } result)
            {
                page.AppendLine(CultureInfo.InvariantCulture,
                    $"| {result.StruckAt} | {cell.What} | {result.End}{(result.Violation is { } wrong ? $" (**{Line(wrong)}**)" : "")} | {result.Infers ?? "nothing"} | {result.Seconds:0.0} | {Line(result.Sentence)} |");
            }
            else if (cell.End is null)
            {
                page.AppendLine(CultureInfo.InvariantCulture, $"| {cell.State} | cannot happen: {cell.What} | – | – | – | – |");
            }
        }
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
