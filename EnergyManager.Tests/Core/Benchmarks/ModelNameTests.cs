using EnergyManager.Core.Benchmarks;

namespace EnergyManager.Tests.Core.Benchmarks;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("hf_hub:timm/resnet18.a1_in1k", "resnet18.a1_in1k")]
    [InlineData("resnet26t__b4__224", "resnet26t")]
    [InlineData("vit_b_p16_r384_fp16_prune20", "vit_b_p16_r384_fp16_prune20")]
    [InlineData("mobilenetv3_small_075", "mobilenetv3_small_075")]
    [InlineData("__b4__224", "__b4__224")]
    public void Parse_OfAMeasuredName_GivesTheNameToDeploy(string text, string expected) => ModelName.Parse(text).LibraryName.ShouldBe(expected);

    [Theory]
    [InlineData("resnet18", "resnet18", "resnet18", "resnet")]
    [InlineData("hf_hub:timm/resnet18.a1_in1k", "resnet18", "resnet18", "resnet")]
    [InlineData("resnet26t__b4__224", "resnet26t", "resnet26t", "resnet")]
    [InlineData("eca_resnext26ts__b4__224", "eca_resnext26ts", "eca_resnext26ts", "resnext")]
    [InlineData("deit_tiny_patch16_224", "deit_tiny_patch16_224", "vit_tiny_patch16", "vit")]
    [InlineData("vit_tiny_patch16_224_in21k", "vit_tiny_patch16_224_in21k", "vit_tiny_patch16", "vit")]
    [InlineData("vit_b_p16_r384_fp16", "vit_base_patch16_384", "vit_base_patch16", "vit")]
    [InlineData("deit_b_p16_r224_fp16_dist", "deit_base_distilled_patch16_224", "vit_base_patch16", "vit")]
    [InlineData("vgg16_bn_w0.75_r224_fp16", "vgg16_bn", "vgg16_bn", "vgg")]
    [InlineData("tf_efficientnet_b0", "tf_efficientnet_b0", "efficientnet_b0", "efficientnet")]
    [InlineData("jx_nest_small", "jx_nest_small", "nest_small", "nest")]
    [InlineData("xcit_nano_12_p8_384_dist", "xcit_nano_12_p8_384_dist", "xcit_nano_12_p8", "xcit")]
    [InlineData("levit_192", "levit_192", "levit_192", "levit")]
    [InlineData("regnetx_320", "regnetx_320", "regnetx_320", "regnet")]
    [InlineData("repvgg_a0", "repvgg_a0", "repvgg_a0", "repvgg")]
    [InlineData("mobilenetv4_conv_small_050.e3000_r224_in1k", "mobilenetv4_conv_small_050", "mobilenetv4_conv_small_050", "mobilenetv4")]
    public void Parse_Name_GivesNetworkArchitectureAndFamily(string text, string published, string architecture, string family)
    {
        var name = ModelName.Parse(text);

        (name.PublishedName, name.Architecture, name.Family).ShouldBe((published, architecture, family));
    }

    [Fact]
    public void Parse_Variant_GivesPrecisionResolutionAndWhetherItWasModified()
    {
        var plain = ModelName.Parse("vit_s_p16_r384_fp16");
        (plain.Precision, plain.Resolution, plain.IsModified).ShouldBe((Precision.Fp16, 384, false));

        ModelName.Parse("vit_s_p16_r224_int8_qsym").Precision.ShouldBe(Precision.Int8);
        ModelName.Parse("vit_s_p16_r224_int8_qsym").IsModified.ShouldBeFalse();
        ModelName.Parse("vgg16_bn_w1.00_r224_fp16").IsModified.ShouldBeFalse();
        ModelName.Parse("vgg16_bn_w1.25_r224_fp16").IsModified.ShouldBeTrue();
        ModelName.Parse("vit_s_p16_r224_fp16_prune20").IsModified.ShouldBeTrue();
        ModelName.Parse("vit_s_p16_r224_fp16_tokensq384").IsModified.ShouldBeTrue();
    }

    [Fact]
    public void Parse_BatchAndTag_AreRead()
    {
        ModelName.Parse("resnet26t__b4__224").Batch.ShouldBe(4);
        ModelName.Parse("resnet18.a1_in1k").Tag.ShouldBe("a1_in1k");
        ModelName.Parse("resnet18").Batch.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("Thing")]
    [InlineData("__b4__224")]
    [InlineData("123")]
    public void Parse_AnyText_IsAName(string text) => ModelName.Parse(text).Text.ShouldBe(text);
}
