using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks;

/// <summary>Builds the files of <c>benchmarks/</c> from measurement files and published results, byte for byte the same each time.</summary>
public static class CuratedTableBuilder
{
    /// <summary>Audits measurement files and writes <c>devices/&lt;device&gt;.csv</c> below a folder.</summary>
    /// <param name="device">The board that was measured.</param>
    /// <param name="files">Measurement files, the most authoritative first: a later row that repeats an earlier one is left out.</param>
    /// <param name="reference">Published figures of known networks.</param>
    /// <param name="outputFolder">Folder that holds or gets <c>devices</c>.</param>
    /// <returns>The audit that the table is the result of.</returns>
    /// <exception cref="BenchmarkFileException">A file cannot be used; nothing is written.</exception>
    public static AuditReport WriteDevice(DeviceType device, IReadOnlyList<string> files, ArchitectureReference reference, string outputFolder)
    {
        var (table, report) = BuildDevice(device, files, reference);
        Save(Path.Combine(outputFolder, "devices", $"{device.Id}.csv"), table);
        return report;
    }

    /// <summary>The text of a curated table and its audit.</summary>
    public static (string Table, AuditReport Report) BuildDevice(DeviceType device, IReadOnlyList<string> files, ArchitectureReference reference)
    {
        var result = new Auditor(reference).Audit(device, [.. files.Select(f => BenchmarkReader.ReadFile(f))]);
        using var text = new StringWriter();
        CuratedTableWriter.Write(text, result.Rows.OrderBy(r => r.Model, StringComparer.Ordinal).ThenBy(r => r.Campaign, StringComparer.Ordinal));
        return (text.ToString(), result.Report);
    }

    /// <summary>Writes <c>reference/architectures.csv</c> and <c>reference/imagenet.csv</c> and returns the figures of the former.</summary>
    /// <param name="referenceFolder">Folder with the timm project's result files.</param>
    /// <param name="outputFolder">Folder that holds or gets <c>reference</c>.</param>
    /// <exception cref="IOException">A result file is missing.</exception>
    public static ArchitectureReference WriteReference(string referenceFolder, string outputFolder)
    {
        var (architectures, imageNet, figures) = BuildReference(referenceFolder);
        Save(Path.Combine(outputFolder, "reference", "architectures.csv"), architectures);
        Save(Path.Combine(outputFolder, "reference", "imagenet.csv"), imageNet);
        return figures;
    }

    /// <summary>The text of both reference tables, and the figures of the first.</summary>
    public static (string Architectures, string ImageNet, ArchitectureReference Reference) BuildReference(string referenceFolder)
    {
        var figures = ReferenceTables.ReadArchitectures(referenceFolder);
        using var architectures = new StringWriter();
        ReferenceTables.WriteArchitectures(architectures, figures);
        using var imageNet = new StringWriter();
        ReferenceTables.WriteAccuracies(imageNet, ReferenceTables.ReadAccuracies(referenceFolder));
        return (architectures.ToString(), imageNet.ToString(), ArchitectureReference.From(figures));
    }

    // Written beside and moved over, so that a failure never leaves half a table.
    private static void Save(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var part = path + ".part";
        File.WriteAllText(part, text);
        File.Move(part, path, overwrite: true);
    }
}
