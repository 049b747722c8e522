namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>One thing that a rule said of a row.</summary>
/// <param name="Code">Code of the rule.</param>
/// <param name="Verdict">How far it goes.</param>
/// <param name="Evidence">The figures behind it.</param>
/// <param name="Changes">Changed fields with old and new value.</param>
public sealed record AuditEntry(string Code, AuditVerdict Verdict, string Evidence, IReadOnlyList<FieldChange> Changes);

/// <summary>Everything that the audit says of one row.</summary>
/// <param name="Source">File of the row.</param>
/// <param name="Line">Line in that file.</param>
/// <param name="Model">Model name.</param>
/// <param name="Excluded">True when the row is not in the curated table.</param>
/// <param name="AveragePowerW">Average power in W after the repairs, or <c>null</c> where the duration is unknown.</param>
/// <param name="Entries">What the rules said, in the order of the rules.</param>
public sealed record RowAudit(
    string Source, int Line, string Model, bool Excluded, double? AveragePowerW, IReadOnlyList<AuditEntry> Entries);

/// <summary>One rule with its counts.</summary>
/// <param name="Code">Code of the rule.</param>
/// <param name="Name">Name of the rule.</param>
/// <param name="Reason">Why the rule is right.</param>
/// <param name="Findings">Rows with a finding of it.</param>
/// <param name="Repairs">Rows that it repaired.</param>
/// <param name="Exclusions">Rows that it excluded.</param>
public sealed record RuleTotal(string Code, string Name, string Reason, int Findings, int Repairs, int Exclusions);

/// <summary>The audit of one or several files of one board.</summary>
/// <param name="Device">Device type identifier.</param>
/// <param name="Sources">The files.</param>
/// <param name="RowsRead">Rows in the files.</param>
/// <param name="RowsRepeated">Rows that repeat an earlier row, figure for figure, and were left out once.</param>
/// <param name="RowsExcluded">Distinct rows that are excluded.</param>
/// <param name="RowsKept">Rows of the curated table.</param>
/// <param name="Totals">Counts by rule, in the order of the rules.</param>
/// <param name="Rows">Every distinct row that a rule had something to say of, in file order.</param>
public sealed record AuditReport(
    string Device,
    IReadOnlyList<string> Sources,
    int RowsRead,
    int RowsRepeated,
    int RowsExcluded,
    int RowsKept,
    IReadOnlyList<RuleTotal> Totals,
    IReadOnlyList<RowAudit> Rows)
{
    /// <summary>Share of the distinct rows that is excluded, from 0 to 1.</summary>
    public double ExcludedShare => RowsRead == RowsRepeated ? 0 : (double)RowsExcluded / (RowsRead - RowsRepeated);
}
