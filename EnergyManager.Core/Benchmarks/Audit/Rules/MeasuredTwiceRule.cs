namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows of one model in one campaign with different figures.</summary>
public sealed class MeasuredTwiceRule : IAuditRule
{
    /// <inheritdoc/>
    public string Code => "measured-twice";

    /// <inheritdoc/>
    public string Name => "Measured twice";

    /// <inheritdoc/>
    public string Reason =>
        "One model in one campaign is one measurement. A second row with other figures is a repetition (both stay, and their difference is the spread from run to run), " +
        "and must not count as another model: a random split that puts one in the training and one in the test part leaks.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        var rows = context.Fact(Code, () => context.Records.ToLookup(Key))[Key(record)];
        if (rows.FirstOrDefault(r => !ReferenceEquals(r, record)) is not { } other)
            return null;
        return AuditOutcome.Finding(
            $"Line {other.Line} of {other.File} ({other.Model}) is the same model with {Ratio(record.RunEnergyMwh, other.RunEnergyMwh):0.000} times this energy and {Ratio(Time(record), Time(other)):0.000} times this time.");
    }

    private static (string Model, string Campaign, int Width, int Height, Precision Precision, int? Batch) Key(BenchmarkRecord record) =>
        (record.Name.LibraryName, record.Campaign, record.InputWidth, record.InputHeight, record.Precision, record.Batch);

    private static double? Time(BenchmarkRecord record) => record.RunDurationS ?? record.LatencyS;

    private static double? Ratio(double? here, double? there) => there / here;
}
