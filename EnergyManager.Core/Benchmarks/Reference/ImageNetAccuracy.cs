using System.Collections.Frozen;
using System.Globalization;
using CsvHelper;

namespace EnergyManager.Core.Benchmarks.Reference;

/// <summary>Published ImageNet accuracy of one network with one set of trained weights.</summary>
/// <param name="Architecture">Published name of the network.</param>
/// <param name="Tag">Training tag that names the weights.</param>
/// <param name="ImageSize">Input side in pixels at which it was tested.</param>
/// <param name="Top1">Top-1 accuracy on the ImageNet-1k validation set, in percent.</param>
/// <param name="Top5">Top-5 accuracy, in percent.</param>
/// <param name="ParamsM">Parameters, in millions.</param>
public sealed record PublishedAccuracy(string Architecture, string Tag, int ImageSize, double Top1, double Top5, double ParamsM);

/// <summary>
/// Published ImageNet accuracies (<c>benchmarks/reference/imagenet.csv</c>, derived from the timm project's results, Apache-2.0).
/// </summary>
public static class ImageNetAccuracy
{
    /// <summary>Columns of the file.</summary>
    public const string Header = "architecture,tag,image_size,top1,top5,params_m";

    private static readonly Lazy<FrozenDictionary<string, PublishedAccuracy[]>> ByArchitecture = new(() =>
    {
        using var reader = EmbeddedTable.Open("reference.imagenet.csv");
        return Read(reader).GroupBy(a => a.Architecture, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    });

    /// <summary>
    /// Accuracy of a model as it is named in a benchmark or on a hub, or <c>null</c> where nothing is published for its weights: unknown
    /// networks, weights without an ImageNet-1k head, networks that were pruned, slimmed, widened or quantised to integers.
    /// </summary>
    /// <param name="modelName">
    /// For example <c>resnet18.a1_in1k</c>, <c>hf_hub:timm/resnet18.a1_in1k</c> or <c>resnet18</c>. A bare name does not say which weights
    /// are meant: the least accurate published ones answer, so that no recommendation promises more than the weights deliver.
    /// </param>
    public static PublishedAccuracy? Find(string modelName)
    {
        var name = ModelName.Parse(modelName);
        if (name.IsModified || name.Precision == Precision.Int8)
            return null;

        var (architecture, distilled) = name.PublishedName.EndsWith("_dist", StringComparison.Ordinal)
            ? (name.PublishedName[..^"_dist".Length], true)
            : (name.PublishedName, false);
        if (architecture.StartsWith("jx_", StringComparison.Ordinal))
            architecture = architecture[3..] + "_jx";
        if (!ByArchitecture.Value.TryGetValue(architecture, out var lines))
            return null;
        if (name.Tag is { } tag)
            return lines.FirstOrDefault(l => l.Tag == tag);
        return distilled ? lines.FirstOrDefault(l => l.Tag.Contains("dist", StringComparison.Ordinal)) : lines[0];
    }

    private static List<PublishedAccuracy> Read(TextReader text)
    {
        using var csv = CsvReader.Create(text, new CsvReaderOptions { Separator = ',' }, leaveOpen: true);
        var lines = new List<PublishedAccuracy>();
        while (csv.Read())
        {
            lines.Add(new PublishedAccuracy(
                csv.GetString("architecture"), csv.GetString("tag"), csv.Parse<int>(csv.GetFieldIndex("image_size"), CultureInfo.InvariantCulture),
                csv.Parse<double>("top1"), csv.Parse<double>("top5"), csv.Parse<double>("params_m")));
        }

        return lines;
    }
}
