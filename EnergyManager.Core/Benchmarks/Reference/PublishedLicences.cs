using System.Collections.Frozen;
using CsvHelper;

namespace EnergyManager.Core.Benchmarks.Reference;

/// <summary>
/// Licences of published weights by their training tag (<c>benchmarks/reference/licences.csv</c>, from the model cards of timm). The
/// licence belongs to the weights: a name without a tag does not say whose weights a file has.
/// </summary>
public static class PublishedLicences
{
    private static readonly Lazy<FrozenDictionary<string, string>> ByTag = new(() =>
    {
        using var reader = EmbeddedTable.Open("reference.licences.csv");
        using var csv = CsvReader.Create(reader, new CsvReaderOptions { Separator = ',' }, leaveOpen: true);
        var licences = new Dictionary<string, string>(StringComparer.Ordinal);
        while (csv.Read())
            licences.Add(csv.GetString("tag"), csv.GetString("licence"));
        return licences.ToFrozenDictionary(StringComparer.Ordinal);
    });

    /// <summary>The licence of the weights that a name means, as an SPDX identifier, or <c>null</c> when it is not known.</summary>
    /// <param name="modelName">With its tag, for example <c>resnet18.a1_in1k</c> or <c>hf_hub:timm/resnet18.a1_in1k</c>.</param>
    public static string? Find(string modelName) => ModelName.Parse(modelName).Tag is { } tag ? ByTag.Value.GetValueOrDefault(tag) : null;
}
