using System.Globalization;
using CsvHelper;

namespace EnergyManager.Core.Benchmarks;

/// <summary>Writes rows in the curated schema. The same rows give the same bytes on every machine.</summary>
public static class CuratedTableWriter
{
    /// <summary>Writes a header and the rows, in the given order, with <c>\n</c> line ends.</summary>
    public static void Write(TextWriter text, IEnumerable<BenchmarkRow> rows)
    {
        using var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteHeader([.. BenchmarkColumns.Curated]);
        foreach (var row in rows)
            csv.WriteRecord(Fields(row));
    }

    private static string[] Fields(BenchmarkRow row) =>
    [
        row.Model, row.Architecture, row.Family, row.Precision.ToString().ToLowerInvariant(),
        Number(row.ParamsM), Number(row.Gmacs), Number(row.SizeMb), Number(row.InputWidth), Number(row.InputHeight), Number(row.Batch),
        Number(row.Inferences), Number(row.RunDurationS), Number(row.RunEnergyMwh), Number(row.RunEnergyStdMwh),
        row.Campaign, row.Source, row.Findings,
        Number(row.ActivationsM), Number(row.ReferenceCpuMs), Number(row.ReferenceGpuMs), Number(row.LikelyInferences),
    ];

    // Six decimals are a microsecond and a nanowatt-hour: finer than any meter behind the figures.
    private static string Number(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}
