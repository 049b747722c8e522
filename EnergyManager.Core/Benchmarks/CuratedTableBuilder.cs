using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks;

/// <summary>Builds the files of <c>benchmarks/</c> from measurement files and published results, byte for byte the same each time.</summary>
public static class CuratedTableBuilder
{
    /// <summary>
    /// Builds everything: the reference tables, and the curated table of every board that the files are of. A file's name says its
    /// board (<c>jetson</c>, or <c>rpi</c> and <c>raspberry</c>); files of one board are taken in order of name.
    /// </summary>
    /// <param name="files">Measurement files.</param>
    /// <param name="referenceFolder">Folder with the timm project's result files.</param>
    /// <param name="outputFolder">Folder that holds or gets <c>devices</c> and <c>reference</c>.</param>
    /// <returns>One audit per board.</returns>
    /// <exception cref="ArgumentException">No file, or the name of one says no board.</exception>
    /// <exception cref="BenchmarkFileException">A file cannot be used.</exception>
    /// <exception cref="IOException">A file is missing or the folder cannot be written to.</exception>
    public static IReadOnlyList<AuditReport> WriteAll(IReadOnlyList<string> files, string referenceFolder, string outputFolder)
    {
        if (files.Count == 0)
            throw new ArgumentException("At least one measurement file is needed.", nameof(files));
        var boards = files.OrderBy(f => Path.GetFileName(f), StringComparer.Ordinal)
            .GroupBy(f => DeviceOf(f) ?? throw new ArgumentException($"{Path.GetFileName(f)}: the name says no board. It must contain jetson, rpi or raspberry.", nameof(files)))
            .ToArray();

        // Everything is built before anything is written.
        var (architectures, imageNet, reference) = BuildReference(referenceFolder);
        var built = boards.Select(b => (Device: b.Key, Built: BuildDevice(b.Key, [.. b], reference))).ToArray();
        Save(Path.Combine(outputFolder, "reference", "architectures.csv"), architectures);
        Save(Path.Combine(outputFolder, "reference", "imagenet.csv"), imageNet);
        foreach (var (device, (table, _)) in built)
            Save(Path.Combine(outputFolder, "devices", $"{device.Id}.csv"), table);
        return [.. built.Select(b => b.Built.Report)];
    }

    /// <summary>The board that a measurement file's name says, or <c>null</c>.</summary>
    public static DeviceType? DeviceOf(string file)
    {
        var name = Path.GetFileName(file);
        return name.Contains("jetson", StringComparison.OrdinalIgnoreCase) ? DeviceTypes.JetsonNano
            : name.Contains("rpi", StringComparison.OrdinalIgnoreCase) || name.Contains("raspberry", StringComparison.OrdinalIgnoreCase) ? DeviceTypes.RaspberryPi5
            : null;
    }

    /// <summary>The text of a curated table and its audit.</summary>
    public static (string Table, AuditReport Report) BuildDevice(DeviceType device, IReadOnlyList<string> files, ArchitectureReference reference)
    {
        var result = new Auditor(reference).Audit(device, [.. files.Select(f => BenchmarkReader.ReadFile(f))]);
        using var text = new StringWriter();
        CuratedTableWriter.Write(text, result.Rows.OrderBy(r => r.Model, StringComparer.Ordinal).ThenBy(r => r.Campaign, StringComparer.Ordinal));
        return (text.ToString(), result.Report);
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
