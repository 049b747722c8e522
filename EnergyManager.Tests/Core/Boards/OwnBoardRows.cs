using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Boards;

/// <summary>A board that nobody has: rows of the Jetson, as if it drew more power and took less time.</summary>
internal static class OwnBoardRows
{
    public static DeviceType Device { get; } = new("my-board", "My Board", Power.FromWatts(2), Power.FromWatts(40));

    /// <summary>Rows at batch 1 with a known count, one per architecture.</summary>
    /// <param name="count">How many.</param>
    /// <param name="powerFactor">Power of this board over that of the Jetson.</param>
    /// <param name="timeFactor">Time of this board over that of the Jetson.</param>
    public static BenchmarkRow[] Take(int count, double powerFactor = 2, double timeFactor = 0.25) =>
    [
        .. BenchmarkCatalog.Load(DeviceTypes.JetsonNano).Rows
            .Where(row => row is { Inferences: not null, Batch: 1 })
            .DistinctBy(row => row.Architecture)
            .Take(count)
            .Select(row => row with
            {
                RunDurationS = row.RunDurationS * timeFactor,
                RunEnergyMwh = row.RunEnergyMwh * timeFactor * powerFactor,
                Source = "my.csv",
            }),
    ];

    public static BenchmarkTable Table(IReadOnlyList<BenchmarkRow> rows) => new(Device, rows, new string('a', 64));

    /// <summary>The rows as a person would hand them in.</summary>
    public static string Csv(IReadOnlyList<BenchmarkRow> rows)
    {
        using var text = new StringWriter();
        CuratedTableWriter.Write(text, rows);
        return text.ToString();
    }
}
