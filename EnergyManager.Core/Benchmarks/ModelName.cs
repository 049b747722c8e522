using System.Globalization;
using System.Text.RegularExpressions;

namespace EnergyManager.Core.Benchmarks;

/// <summary>What a benchmark row's model name says about the model.</summary>
/// <remarks>
/// Three ways of naming occur, for example <c>hf_hub:timm/resnet18.a1_in1k</c> (hub name with a training tag),
/// <c>resnet26t__b4__224</c> (batch and resolution) and <c>vit_b_p16_r384_fp16_prune20</c> (a compressed variant).
/// </remarks>
public sealed partial record ModelName
{
    private ModelName(string text) => Text = text;

    /// <summary>The name as written.</summary>
    public string Text { get; }

    /// <summary>Name under which published results list the network: without hub prefix, tag, batch and compression suffixes.</summary>
    public required string PublishedName { get; init; }

    /// <summary>Name under which the model is stored and deployed: without hub prefix and without the batch of a measurement.</summary>
    public required string LibraryName { get; init; }

    /// <summary>Network without resolution, pre-training, distillation and padding variants: one value for what must not be split between folds.</summary>
    public required string Architecture { get; init; }

    /// <summary>Family of the architecture.</summary>
    public required string Family { get; init; }

    /// <summary>Training tag, for example <c>a1_in1k</c>, or <c>null</c>.</summary>
    public string? Tag { get; init; }

    /// <summary>Number format that the name states, or <c>null</c>.</summary>
    public Precision? Precision { get; init; }

    /// <summary>Batch size that the name states, or <c>null</c>.</summary>
    public int? Batch { get; init; }

    /// <summary>Input side in pixels that the name states, or <c>null</c>.</summary>
    public int? Resolution { get; init; }

    /// <summary>True for a network that was changed (width, pruning, slimming, fewer tokens), so that published parameters and GMACs do not apply.</summary>
    public bool IsModified { get; init; }

    /// <summary>Reads a model name. Every text is a name; what it does not say is <c>null</c>.</summary>
    public static ModelName Parse(string text)
    {
        var name = text.StartsWith(HubPrefix, StringComparison.Ordinal) ? text[HubPrefix.Length..] : text;
        int? batch = null, resolution = null;
        Precision? precision = null;
        string? tag = null;
        var modified = false;

        if (BatchSuffix().Match(name) is { Success: true } batchSuffix)
        {
            batch = Number(batchSuffix.Groups["batch"]);
            resolution = Number(batchSuffix.Groups["side"]);
            name = name[..batchSuffix.Index];
        }

        // What is left of a name that was nothing but a suffix is the name itself.
        var library = name.Length > 0 ? name : text;
        if (VariantSuffix().Match(name) is { Success: true } variant)
        {
            resolution = Number(variant.Groups["side"]);
            precision = Enum.Parse<Precision>(variant.Groups["precision"].Value, ignoreCase: true);
            var change = variant.Groups["change"].Value;
            // _dist is another training and _qsym the quantiser; every other change (pruned, slimmed, fewer tokens) is another network.
            modified = (variant.Groups["width"].Success && variant.Groups["width"].Value != "1.00") || change is not ("" or "_dist" or "_qsym");
            name = PublishedVariant(name[..variant.Index], resolution, change.Contains("dist", StringComparison.Ordinal));
        }
        else if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
        {
            tag = name[(dot + 1)..];
            name = name[..dot];
        }

        if (resolution is null && !HasNumberedSizes(name) && SideSuffix().Match(name) is { Success: true } side)
            resolution = Number(side.Groups["side"]);

        return new ModelName(text)
        {
            PublishedName = name,
            LibraryName = library,
            Architecture = ArchitectureOf(name),
            Family = ModelFamily.Of(name),
            Tag = tag,
            Precision = precision,
            Batch = batch,
            Resolution = resolution,
            IsModified = modified,
        };
    }

    private const string HubPrefix = "hf_hub:timm/";

    // Compressed variants use short names: vit_b_p16 at 224 px is published as vit_base_patch16_224.
    private static string PublishedVariant(string stem, int? side, bool distilled)
    {
        if (ShortTransformer().Match(stem) is not { Success: true } match)
            return stem;
        var size = match.Groups["size"].Value == "b" ? "base" : "small";
        return string.Create(CultureInfo.InvariantCulture,
            $"{match.Groups["kind"].Value}_{size}_{(distilled && match.Groups["kind"].Value == "deit" ? "distilled_" : "")}patch{match.Groups["patch"].Value}_{side ?? 224}");
    }

    private static string ArchitectureOf(string published)
    {
        var name = HasNumberedSizes(published) ? published : NotArchitecture().Replace(published, "");
        // Same networks under two names: DeiT is ViT with another training recipe, jx_nest and tf_ differ in padding only.
        name = name.StartsWith("tf_", StringComparison.Ordinal) ? name[3..] : name;
        name = name.StartsWith("jx_", StringComparison.Ordinal) ? name[3..] : name;
        return name.StartsWith("deit_", StringComparison.Ordinal) ? "vit_" + name[5..] : name;
    }

    // The number in levit_192 and regnetx_320 is the size of the network.
    private static bool HasNumberedSizes(string name) =>
        name.StartsWith("levit", StringComparison.Ordinal) || name.Contains("regnet", StringComparison.Ordinal);

    private static int Number(Group group) => int.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"__b(?<batch>\d{1,3})__(?<side>\d{2,4})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BatchSuffix();

    [GeneratedRegex(@"(_w(?<width>\d\.\d\d))?_r(?<side>\d{2,4})_(?<precision>fp32|fp16|int8)(?<change>_\w+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VariantSuffix();

    [GeneratedRegex(@"^(?<kind>vit|deit)_(?<size>b|s)_p(?<patch>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShortTransformer();

    [GeneratedRegex(@"_(?<side>160|176|192|224|240|256|288|299|300|320|331|384|448|512)(_\w+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SideSuffix();

    [GeneratedRegex(@"_(?:in21k|in22k|in1k|dist|distilled|160|176|192|224|240|256|288|299|300|320|331|384|448|512)(?=_|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotArchitecture();
}
