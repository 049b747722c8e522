using System.Collections.Frozen;

namespace EnergyManager.Core.Benchmarks;

/// <summary>Families of architectures: networks built from the same block, which a fold by family keeps together.</summary>
public static class ModelFamily
{
    // Looked for in this order, anywhere in the name: eca_resnext26ts is a ResNeXt before it is a ResNet.
    private static readonly (string Fragment, string Family)[] Fragments =
    [
        ("resnext", "resnext"), ("res2next", "res2net"), ("res2net", "res2net"), ("resnest", "resnest"),
        ("cspresnet", "csp"), ("cspdarknet", "csp"), ("inception", "inception"), ("vit_small_resnet", "vit-hybrid"),
        ("_r26_", "vit-hybrid"), ("_r50_", "vit-hybrid"), ("_hyb", "vit-hybrid"), ("vit_tiny_r_", "vit-hybrid"),
        ("resnetv2", "resnetv2"), ("resnet", "resnet"), ("regnet", "regnet"), ("efficientnetv2", "efficientnetv2"),
        ("efficientnet", "efficientnet"), ("efficientformer", "efficientformer"), ("efficientvit", "efficientvit"),
        ("mobilenetv1", "mobilenetv1"), ("mobilenetv2", "mobilenetv2"), ("mobilenetv3", "mobilenetv3"), ("mobilenetv4", "mobilenetv4"),
        ("mobilenet_edgetpu", "mobilenet-edgetpu"), ("mobilevit", "mobilevit"), ("mobileone", "mobileone"), ("nasnet", "mnasnet"),
        ("ghostnet", "ghostnet"), ("densenet", "densenet"), ("convnext", "convnext"), ("coatnext", "coatnet"), ("coatnet", "coatnet"),
        ("coat_", "coat"), ("crossvit", "crossvit"), ("convit", "convit"), ("tiny_vit", "tiny-vit"), ("fastvit", "fastvit"),
        ("deit", "vit"), ("beit", "vit"), ("swin", "swin"), ("xcit", "xcit"), ("cait", "cait"), ("nest_", "nest"), ("repvgg", "repvgg"), ("vgg", "vgg"),
        ("mixer", "mlp"), ("resmlp", "mlp"), ("gmlp", "mlp"), ("lcnet", "lcnet"), ("fbnet", "fbnet"), ("tinynet", "tinynet"),
        ("edgenext", "edgenext"), ("nfnet", "nfnet"), ("hrnet", "hrnet"), ("levit", "levit"), ("squeezenet", "squeezenet"),
        ("vit_", "vit"),
    ];

    private static readonly FrozenSet<string> TokenMixers =
        FrozenSet.Create(StringComparer.Ordinal, "vit", "swin", "cait", "xcit", "crossvit", "nest", "mlp", "pit", "coat", "convit", "vit-hybrid", "levit");

    /// <summary>
    /// True for families that mix all tokens of an image with each other (attention, dense mixing) in most of their layers. Their work is
    /// dense matrix products, and processors are told apart by it otherwise than by convolutions.
    /// </summary>
    /// <param name="family">Family, for example <c>swin</c>.</param>
    public static bool MixesTokens(string family) => TokenMixers.Contains(family);

    /// <summary>The family of a model. A name that no entry knows is its own family: its leading letters.</summary>
    public static string Of(string model)
    {
        foreach (var (fragment, family) in Fragments)
        {
            if (model.Contains(fragment, StringComparison.Ordinal))
                return family;
        }

        var end = model.AsSpan().IndexOfAnyInRange('0', '9');
        var stem = (end > 0 ? model[..end] : model).Split('_', 2)[0];
        return stem.Length > 0 ? stem : model;
    }
}
