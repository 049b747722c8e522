using System.Globalization;
using EnergyManager.Core.Benchmarks.Audit;

namespace EnergyManager.Web.Cli;

/// <summary>An audit for people: what cannot be read, what the rules say row by row, then the totals.</summary>
internal static class AuditReportText
{
    // More lines than this say nothing new; the JSON has all.
    private const int MostRepeated = 20;

    public static void Write(CliConsole console, AuditReport report)
    {
        WriteUnreadable(console, report);
        foreach (var row in report.Rows.Where(r => r.Entries.Count > 0))
        {
            // Sentences do not fit into a table.
            console.WriteLine($"{row.Source} line {Text(row.Line)}  {row.Model}");
            foreach (var entry in row.Entries)
            {
                console.WriteLine($"    {Word(entry.Verdict)} {entry.Code}: {entry.Evidence}");
                if (entry.Changes.Count > 0)
                    console.WriteLine($"        {string.Join("; ", entry.Changes.Select(c => $"{c.Field}: {Or(c.OldValue)} -> {Or(c.NewValue)}"))}");
            }
        }

        WriteRepeated(console, report.Repeated);
        console.WriteTable(
            ["rule", "name", "findings", "repairs", "exclusions"],
            report.Totals.Select(t => (IReadOnlyList<string>)[t.Code, t.Name, Text(t.Findings), Text(t.Repairs), Text(t.Exclusions)]));
        console.WriteTable(
            ["campaign", "rows", "with count and batch", "least W", "median W", "greatest W"],
            report.Campaigns.Select(c => (IReadOnlyList<string>)
                [c.Campaign, Text(c.Rows), Text(c.RowsWithCount), Watts(c.LeastPowerW), Watts(c.MedianPowerW), Watts(c.GreatestPowerW)]));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Device}: {report.RowsRead} rows read, {report.RowsRepeated} repeated, {report.RowsExcluded} excluded ({report.ExcludedShare * 100:0.0} %), {report.RowsKept} kept. Published figures are known for {report.RowsWithPublishedFigures} of {report.Rows.Count} rows. The board draws {report.Envelope.MinimumPowerW:0.#} to {report.Envelope.MaximumPowerW:0.#} W."));
        if (report.RowsUnreadable > 0)
            console.WriteLine($"{Rows(report.RowsUnreadable)} could not be read: see the top.");
    }

    private static void WriteUnreadable(CliConsole console, AuditReport report)
    {
        foreach (var field in report.Unreadable)
            console.WriteLine($"{field.Source} line {Text(field.Line)}{(field.Column.Length > 0 ? $", column {field.Column}" : "")}: cannot be read. {field.Message}");
        var rowsShown = report.Unreadable.DistinctBy(f => (f.Source, f.Line)).Count();
        if (rowsShown < report.RowsUnreadable)
            console.WriteLine($"... and {Rows(report.RowsUnreadable - rowsShown)} more that cannot be read.");
    }

    private static void WriteRepeated(CliConsole console, IReadOnlyList<RepeatedRow> repeated)
    {
        foreach (var row in repeated.Take(MostRepeated))
            console.WriteLine($"{row.Source} line {Text(row.Line)}  {row.Model} repeats line {Text(row.RepeatedLine)} of {row.RepeatedSource}");
        if (repeated.Count > MostRepeated)
            console.WriteLine($"... and {Rows(repeated.Count - MostRepeated)} more that repeat another (--json lists all).");
    }

    private static string Rows(int count) => count == 1 ? "1 row" : $"{Text(count)} rows";

    private static string Word(AuditVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static string Or(string value) => value.Length == 0 ? "(none)" : value;

    private static string Watts(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
