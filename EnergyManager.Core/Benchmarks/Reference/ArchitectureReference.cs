using System.Collections.Frozen;
using System.Globalization;
using CsvHelper;

namespace EnergyManager.Core.Benchmarks.Reference;

/// <summary>
/// Published parameters, GMACs, activations and reference latencies by network and resolution
/// (<c>benchmarks/reference/architectures.csv</c>, derived from the timm project's results, Apache-2.0).
/// </summary>
public sealed class ArchitectureReference
{
    /// <summary>Columns of the file.</summary>
    public const string Header = "architecture,image_size,params_m,gmacs,activations_m,cpu_ms,gpu_ms";

    private static readonly Lazy<ArchitectureReference> Embedded = new(() =>
    {
        using var reader = EmbeddedTable.Open("reference.architectures.csv");
        return Load(reader);
    });

    private readonly FrozenDictionary<string, ReferenceFigures[]> _byName;

    private ArchitectureReference(FrozenDictionary<string, ReferenceFigures[]> byName) => _byName = byName;

    /// <summary>The table that is part of the product.</summary>
    public static ArchitectureReference Shipped => Embedded.Value;

    /// <summary>Number of networks.</summary>
    public int Count => _byName.Count;

    /// <summary>Loads a table of this schema.</summary>
    /// <exception cref="FormatException">A figure is not a number.</exception>
    public static ArchitectureReference Load(TextReader text)
    {
        using var csv = CsvReader.Create(text, new CsvReaderOptions { Separator = ',' }, leaveOpen: true);
        var figures = new List<ReferenceFigures>();
        while (csv.Read())
        {
            figures.Add(new ReferenceFigures(
                csv.GetString("architecture"), csv.Parse<int>("image_size"), csv.Parse<double>("params_m"), csv.Parse<double>("gmacs"),
                csv.Parse<double>("activations_m"), Optional(csv, "cpu_ms"), Optional(csv, "gpu_ms")));
        }

        return From(figures);
    }

    /// <summary>A table of the given figures.</summary>
    public static ArchitectureReference From(IEnumerable<ReferenceFigures> figures) =>
        new(figures.GroupBy(f => f.Name, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal));

    /// <summary>Figures of a network at an input size: as published where that size is, else scaled by area from the nearest one.</summary>
    /// <param name="publishedName">Name without a training tag, for example <c>resnet18</c>.</param>
    /// <param name="width">Input width in pixels.</param>
    /// <param name="height">Input height in pixels.</param>
    public ReferenceFigures? Find(string publishedName, int width, int height) =>
        _byName.TryGetValue(publishedName, out var sizes) ? sizes.MinBy(s => Math.Abs(s.ImageSize - width))!.At(width, height) : null;

    /// <summary>
    /// Figures for a model as it is named in a benchmark: tries its published name, then the same network under another
    /// resolution, pre-training or distillation variant. A modified (pruned, widened) network has no published figures.
    /// </summary>
    public ReferenceFigures? Find(ModelName name, int width, int height)
    {
        if (name.IsModified)
            return null;
        return Candidates(name.PublishedName).Select(candidate => Find(candidate, width, height)).FirstOrDefault(f => f is not null);
    }

    private static double? Optional(CsvReader csv, string column) => csv.GetString(column) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    private static IEnumerable<string> Candidates(string name)
    {
        yield return name;
        var plain = name.StartsWith("jx_", StringComparison.Ordinal) ? name[3..] : name;
        foreach (var suffix in (string[])["_in21k", "_in22k", "_dist"])
        {
            if (plain.EndsWith(suffix, StringComparison.Ordinal))
                plain = plain[..^suffix.Length];
        }

        if (plain != name)
            yield return plain;

        // DeiT without distillation is the ViT of the same size.
        if (plain.StartsWith("deit_", StringComparison.Ordinal))
            yield return "vit_" + plain[5..];
    }
}
