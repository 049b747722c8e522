namespace EnergyManager.Core.Prediction.Features;

/// <summary>What a network is mostly built from, as far as it decides how well a board is kept busy.</summary>
public enum BlockKind
{
    /// <summary>The family is not known.</summary>
    Unknown,

    /// <summary>Dense convolutions: much arithmetic per byte.</summary>
    Convolution,

    /// <summary>Grouped or many-branched convolutions.</summary>
    GroupedConvolution,

    /// <summary>Depthwise-separable convolutions: little arithmetic per byte.</summary>
    DepthwiseConvolution,

    /// <summary>Convolutions and attention.</summary>
    Hybrid,

    /// <summary>Attention, or dense mixing of tokens.</summary>
    Transformer,
}

/// <summary>The block kinds of the families.</summary>
public static class BlockKinds
{
    /// <summary>
    /// The kind of a family, for example <see cref="BlockKind.DepthwiseConvolution"/> for <c>mobilenetv3</c>. A kind, not the
    /// family itself, is a feature: it also tells something about a family that was never measured.
    /// </summary>
    /// <param name="family">Family as in the benchmark tables.</param>
    public static BlockKind Of(string family) => family switch
    {
        "resnet" or "resnetv2" or "vgg" or "repvgg" or "densenet" or "csp" or "hrnet" or "squeezenet" or "darknet" or "selecsls"
            or "dla" or "vovnet" or "ese" or "inception" or "nfnet" => BlockKind.Convolution,
        "resnext" or "regnet" or "res2net" or "resnest" or "dpn" or "skresnet" => BlockKind.GroupedConvolution,
        "mobilenetv1" or "mobilenetv2" or "mobilenetv3" or "mobilenetv4" or "mobilenet-edgetpu" or "mobileone" or "mnasnet"
            or "efficientnet" or "efficientnetv2" or "ghostnet" or "lcnet" or "fbnet" or "tinynet" or "convnext" or "mixnet"
            or "spnasnet" or "rexnet" or "hardcorenas" or "xception" or "starnet" or "semnasnet" or "tf" => BlockKind.DepthwiseConvolution,
        "mobilevit" or "efficientformer" or "efficientvit" or "edgenext" or "levit" or "fastvit" or "coatnet" or "coat" or "convit"
            or "vit-hybrid" or "tiny-vit" or "repvit" or "maxvit" or "poolformer" or "cvt" or "pit" => BlockKind.Hybrid,
        "vit" or "swin" or "cait" or "xcit" or "crossvit" or "nest" or "mlp" or "eva" or "twins" or "visformer" => BlockKind.Transformer,
        _ => BlockKind.Unknown,
    };
}
