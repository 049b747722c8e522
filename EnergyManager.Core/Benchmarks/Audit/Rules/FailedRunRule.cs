namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows that carry one and the same time and energy whatever the model.</summary>
public sealed class FailedRunRule : IAuditRule
{
    private const double SameFigure = 0.04;
    private const int LeastRows = 5;
    private const double LeastSpread = 10;

    /// <inheritdoc/>
    public string Code => "failed-run";

    /// <inheritdoc/>
    public string Name => "Failed run";

    /// <inheritdoc/>
    public string Reason =>
        "Time and energy follow the work. Five or more rows of one file that agree within 4 % in both, while their networks differ " +
        "at least tenfold in parameters, recorded something else than their model.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.LatencyS is not { } latency)
            return null;
        var cells = context.Fact($"{Code}/cells", () => Cells(context));
        var (source, time, energy) = Cell(record);
        BenchmarkRecord[][] near =
        [
            .. from x in (int[])[time - 1, time, time + 1] from y in (int[])[energy - 1, energy, energy + 1]
               where cells.ContainsKey((source, x, y)) select cells[(source, x, y)],
        ];

        // The networks of a cell are in order of size: most rows are done with here.
        if (near.Sum(c => c.Length) < LeastRows || near.Max(c => c[^1].ParamsM) < LeastSpread * near.Min(c => c[0].ParamsM))
            return null;
        BenchmarkRecord[] same = [.. near.SelectMany(c => c).Where(r => Near(r.LatencyS, latency) && Near(r.RunEnergyMwh, record.RunEnergyMwh))];
        return same.Length >= LeastRows && same.Max(r => r.ParamsM) >= LeastSpread * same.Min(r => r.ParamsM)
            ? AuditOutcome.Exclusion($"{same.Length} networks of {same.Min(r => r.ParamsM):0.#} to {same.Max(r => r.ParamsM):0.#} M parameters share {latency:0.00} s and {record.RunEnergyMwh:0} mWh.")
            : null;
    }

    private static Dictionary<(string, int, int), BenchmarkRecord[]> Cells(AuditContext context) =>
        context.Records.Where(r => r.LatencyS is not null).GroupBy(Cell).ToDictionary(g => g.Key, g => g.OrderBy(r => r.ParamsM).ToArray());

    // Cells of the plane of time and energy that are wider than the tolerance: what is near lies in the same or a neighbouring one.
    private static (string Source, int Time, int Energy) Cell(BenchmarkRecord record) =>
        (record.Source, CellOf(record.LatencyS!.Value), CellOf(record.RunEnergyMwh));

    private static int CellOf(double value) => (int)Math.Floor(Math.Log(value) / (1.1 * SameFigure));

    private static bool Near(double? a, double b) => a is { } value && Math.Abs(value - b) <= SameFigure * b;
}
