using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>
/// A table on which models are compared, with the eight features of the published system that this product replaces. Its
/// target is the energy of a run, and its features do not tell how long the run was.
/// </summary>
/// <param name="Name">Name for people and files, for example <c>jetson-nano</c>.</param>
/// <param name="Table">The rows.</param>
/// <param name="Published">For each row the features in <see cref="PublishedFeatures"/>.</param>
public sealed record ComparisonTable(string Name, BenchmarkTable Table, FeatureMatrix Published)
{
    // GFLOPs are counted as 2 GMACs.
    private const double FlopsPerMac = 2;

    /// <summary>Names of the published features: published column names, and the products that are made of them.</summary>
    public static IReadOnlyList<string> PublishedFeatures { get; } =
        ["params_m", "gflops", "gmacs", "size_mb", "latency_avg_s", "throughput_iter_per_s", "params_per_gflop", "latency_times_size"];

    /// <summary>The table of a device type.</summary>
    public static ComparisonTable Of(BenchmarkTable table) => new(
        table.Device.Id, table, Matrix(table.Rows.Select(row => Features(row, row.Gmacs * FlopsPerMac, row.LatencyS ?? row.RunDurationS))));

    /// <summary>
    /// The rows of a file as published: no repair looks at an energy, and the published features are the columns as they stand.
    /// </summary>
    /// <param name="device">The device type that was measured.</param>
    /// <param name="file">The file.</param>
    public static ComparisonTable Of(DeviceType device, BenchmarkFile file)
    {
        var rows = EnergyFreeAudit.Rows(device, file);
        return new ComparisonTable(
            Path.GetFileNameWithoutExtension(file.Source),
            new BenchmarkTable(device, rows, ""),
            Matrix(file.Records.Zip(rows, (record, row) =>
                Features(record.ToRow(), record.Gflops ?? row.Gmacs * FlopsPerMac, record.LatencyS ?? row.LatencyS ?? row.RunDurationS))));
    }

    private static double[] Features(BenchmarkRow row, double gflops, double latencyS) =>
        [row.ParamsM, gflops, row.Gmacs, row.SizeMb, latencyS, 1 / latencyS, row.ParamsM / gflops, latencyS * row.SizeMb];

    private static FeatureMatrix Matrix(IEnumerable<double[]> rows) => new(PublishedFeatures.Count, [.. rows.SelectMany(row => row)]);
}
