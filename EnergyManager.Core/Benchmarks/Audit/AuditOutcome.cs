using System.Globalization;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>How far an audit rule goes.</summary>
public enum AuditVerdict
{
    /// <summary>Something to know; the row stays as it is.</summary>
    Finding,

    /// <summary>A field was wrong, and the evidence gives the right value.</summary>
    Repair,

    /// <summary>The row is not a usable measurement.</summary>
    Exclusion,
}

/// <summary>One field that a repair changed.</summary>
/// <param name="Field">Field in snake_case.</param>
/// <param name="OldValue">Value before, empty where there was none.</param>
/// <param name="NewValue">Value after, empty where the old one is only withdrawn.</param>
public sealed record FieldChange(string Field, string OldValue, string NewValue)
{
    /// <summary>A changed number.</summary>
    public static FieldChange Of(string field, double? oldValue, double? newValue) => new(field, Show(oldValue), Show(newValue));

    internal static string Show(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}

/// <summary>What a rule says of a row.</summary>
/// <param name="Verdict">How far it goes.</param>
/// <param name="Evidence">The figures behind it, in a sentence.</param>
/// <param name="Changes">Every changed field with its old and new value; empty unless it is a repair.</param>
/// <param name="Repaired">The row after the repair, or <c>null</c>.</param>
public sealed record AuditOutcome(AuditVerdict Verdict, string Evidence, IReadOnlyList<FieldChange> Changes, BenchmarkRecord? Repaired)
{
    /// <summary>Something to know.</summary>
    public static AuditOutcome Finding(FormattableString evidence) => new(AuditVerdict.Finding, Invariant(evidence), [], null);

    /// <summary>A row that is not a usable measurement.</summary>
    public static AuditOutcome Exclusion(FormattableString evidence) => new(AuditVerdict.Exclusion, Invariant(evidence), [], null);

    /// <summary>A repaired row.</summary>
    public static AuditOutcome Repair(BenchmarkRecord repaired, FormattableString evidence, params FieldChange[] changes) =>
        new(AuditVerdict.Repair, Invariant(evidence), changes, repaired);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
