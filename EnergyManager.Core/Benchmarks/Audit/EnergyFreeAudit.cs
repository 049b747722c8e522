using System.Globalization;
using EnergyManager.Core.Benchmarks.Audit.Rules;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>
/// Rows whose energy is to be predicted and then compared with: as published, but for repairs of what the row says of its
/// network. Nothing here looks at an energy or a power, so that the comparison stays fair, and no row is excluded.
/// </summary>
public static class EnergyFreeAudit
{
    private static readonly IAuditRule[] Rules =
        [new PermutedColumnsRule(), new ParameterCountRule(), new ResolutionRule(), new GmacsRule(), new BytesPerParameterRule()];

    /// <summary>The rows of a file, in file order, with the published figures of known networks joined in.</summary>
    /// <param name="device">The board that was measured.</param>
    /// <param name="file">The file, in either schema.</param>
    public static IReadOnlyList<BenchmarkRow> Rows(DeviceType device, BenchmarkFile file)
    {
        BenchmarkRecord[] records = [.. file.Records];
        foreach (var rule in Rules)
        {
            var context = new AuditContext(device, records, ArchitectureReference.Shipped);
            records = Array.ConvertAll(records, record => rule.Examine(record, context)?.Repaired ?? record);
        }

        return [.. records.Zip(file.Records, (record, listed) => Row(record, listed, file.Schema))];
    }

    private static BenchmarkRow Row(BenchmarkRecord record, BenchmarkRecord listed, BenchmarkSchema schema)
    {
        var published = ArchitectureReference.Shipped.Find(record.Name, record.InputWidth, record.InputHeight);
        return record.ToRow() with
        {
            Campaign = schema == BenchmarkSchema.Raw ? ListingStyle(record, listed) : record.Campaign,
            ActivationsM = record.ActivationsM ?? published?.ActivationsM,
            ReferenceCpuMs = record.ReferenceCpuMs ?? published?.CpuMs,
            ReferenceGpuMs = record.ReferenceGpuMs ?? published?.GpuMs,
        };
    }

    /// <summary>
    /// The campaign of a raw row, as far as it can be told without its energy. Rows that were measured together are listed
    /// together: with one stated count, one way of naming, and parameters and GMACs of one counting tool (two decimals from one, three
    /// from the next).
    /// </summary>
    private static string ListingStyle(BenchmarkRecord record, BenchmarkRecord listed)
    {
        var name = record.Name;
        var naming = name.Precision is not null ? "variants" : name.Tag is not null ? "tagged" : "plain";
        var counting = record.ColumnsWerePermuted ? "permuted" : Math.Max(Decimals(listed.Gmacs), Decimals(listed.ParamsM)) > 2 ? "exact" : "rounded";
        return string.Create(CultureInfo.InvariantCulture, $"listed-{listed.Inferences}-{naming}-{counting}{(name.Batch is { } batch ? $"-b{batch}" : "")}");
    }

    private static int Decimals(double value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        return text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? text.Length - point - 1 : 0;
    }
}
