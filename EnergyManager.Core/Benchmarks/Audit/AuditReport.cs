using EnergyManager.Core.Benchmarks.Reference;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>One thing that a rule said of a row.</summary>
/// <param name="Code">Code of the rule.</param>
/// <param name="Verdict">How far it goes.</param>
/// <param name="Evidence">The figures behind it.</param>
/// <param name="Changes">Changed fields with old and new value.</param>
public sealed record AuditEntry(string Code, AuditVerdict Verdict, string Evidence, IReadOnlyList<FieldChange> Changes);

/// <summary>The audit of one row.</summary>
/// <param name="Source">File of the row.</param>
/// <param name="Line">Line in that file.</param>
/// <param name="Model">Model name.</param>
/// <param name="Excluded">True when the row is not in the curated table.</param>
/// <param name="AveragePowerW">Average power in W after the repairs, or <c>null</c> where the duration is unknown.</param>
/// <param name="Entries">What the rules said, in the order of the rules; empty where they had nothing to say.</param>
public sealed record RowAudit(
    string Source, int Line, string Model, bool Excluded, double? AveragePowerW, IReadOnlyList<AuditEntry> Entries)
{
    /// <summary>Architecture that the name says.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>Set of rows measured with one set-up.</summary>
    public string Campaign { get; init; } = "";

    /// <summary>Inputs per forward pass after the repairs, or <c>null</c> where nothing shows it.</summary>
    public int? Batch { get; init; }

    /// <summary>Forward passes of the run after the repairs, or <c>null</c> where nothing shows it.</summary>
    public int? Inferences { get; init; }

    /// <summary>Published parameters, GMACs, activations and times of the network at the row's input size, or <c>null</c> for an unknown or modified network.</summary>
    public ReferenceFigures? Published { get; init; }
}

/// <summary>One rule with its counts.</summary>
/// <param name="Code">Code of the rule.</param>
/// <param name="Name">Name of the rule.</param>
/// <param name="Reason">Why the rule is right.</param>
/// <param name="Findings">Rows with a finding of it.</param>
/// <param name="Repairs">Rows that it repaired.</param>
/// <param name="Exclusions">Rows that it excluded.</param>
public sealed record RuleTotal(string Code, string Name, string Reason, int Findings, int Repairs, int Exclusions);

/// <summary>A row that repeats an earlier one figure for figure and was left out.</summary>
/// <param name="Source">File of the row.</param>
/// <param name="Line">Line in that file.</param>
/// <param name="Model">Model name.</param>
/// <param name="RepeatedSource">File of the row that it repeats.</param>
/// <param name="RepeatedLine">Line in that file.</param>
public sealed record RepeatedRow(string Source, int Line, string Model, string RepeatedSource, int RepeatedLine);

/// <summary>A field, or a whole line, that cannot be read.</summary>
/// <param name="Source">File.</param>
/// <param name="Line">Line in that file.</param>
/// <param name="Column">Column in snake_case, or empty where the whole line is meant.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record UnreadableField(string Source, int Line, string Column, string Message);

/// <summary>One campaign among the kept rows.</summary>
/// <param name="Campaign">Name: how the count was stated, compressed variants apart, and the batch (<c>-bx</c> where nothing shows it).</param>
/// <param name="Rows">Kept rows.</param>
/// <param name="RowsWithCount">Rows whose batch and count are shown.</param>
/// <param name="LeastPowerW">Least average power in W.</param>
/// <param name="MedianPowerW">Median average power in W.</param>
/// <param name="GreatestPowerW">Greatest average power in W.</param>
public sealed record CampaignSummary(string Campaign, int Rows, int RowsWithCount, double LeastPowerW, double MedianPowerW, double GreatestPowerW);

/// <summary>What a board can draw and do: the bounds that the rules use.</summary>
/// <param name="MinimumPowerW">Least average power of the whole board in W.</param>
/// <param name="MaximumPowerW">Greatest average power of the whole board in W.</param>
/// <param name="PeakGmacsPerSecond">Peak fp32 GMACs per second, or <c>null</c> where it is unknown.</param>
/// <param name="PeakOrigin">How the peak follows from the data sheet.</param>
public sealed record BoardEnvelope(double MinimumPowerW, double MaximumPowerW, double? PeakGmacsPerSecond, string PeakOrigin);

/// <summary>The audit of one or several files of one board.</summary>
/// <param name="Device">Device type identifier.</param>
/// <param name="Sources">The files.</param>
/// <param name="RowsRead">Rows in the files, without those that cannot be read.</param>
/// <param name="RowsRepeated">Rows that repeat an earlier row, figure for figure, and were left out once.</param>
/// <param name="RowsExcluded">Distinct rows that are excluded.</param>
/// <param name="RowsKept">Rows of the curated table.</param>
/// <param name="Totals">Counts by rule, in the order of the rules.</param>
/// <param name="Rows">Every distinct row in file order.</param>
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

    /// <summary>Rows that cannot be read and were not audited.</summary>
    public int RowsUnreadable { get; init; }

    /// <summary>What is wrong with them, as far as the reader's cap goes.</summary>
    public IReadOnlyList<UnreadableField> Unreadable { get; init; } = [];

    /// <summary>Which row repeats which.</summary>
    public IReadOnlyList<RepeatedRow> Repeated { get; init; } = [];

    /// <summary>Campaigns of the kept rows, by name.</summary>
    public IReadOnlyList<CampaignSummary> Campaigns { get; init; } = [];

    /// <summary>Rows whose network has published figures at the row's input size.</summary>
    public int RowsWithPublishedFigures => Rows.Count(r => r.Published is not null);

    /// <summary>The bounds of the board.</summary>
    public required BoardEnvelope Envelope { get; init; }
}
