using EnergyManager.Core.Benchmarks.Reference;

namespace EnergyManager.Tests.Core.Benchmarks;

public sealed class ImageNetAccuracyTests
{
    [Theory]
    [InlineData("mobilenetv3_small_075.lamb_in1k", 65.284)]
    [InlineData("hf_hub:timm/resnet18.a1_in1k", 71.504)]
    [InlineData("resnet18.a2_in1k", 70.634)]
    [InlineData("resnet26t__b4__224", 77.878)]
    [InlineData("vit_b_p16_r224_fp32", 79.154)]
    [InlineData("xcit_nano_12_p16_224_dist", 72.318)]
    public void Find_PublishedWeights_GivesTheirTop1(string model, double top1) =>
        ImageNetAccuracy.Find(model).ShouldNotBeNull().Top1.ShouldBe(top1);

    [Fact]
    public void Find_BareNameWithSeveralWeights_GivesTheLeastAccurateAtTheMeasuredSize()
    {
        // resnet50 is published with 19 sets of weights at 224 px, from 76.156 (tv_in1k) to 81.146.
        var found = ImageNetAccuracy.Find("resnet50").ShouldNotBeNull();

        found.Tag.ShouldBe("tv_in1k");
        found.Top1.ShouldBe(76.156);
    }

    [Theory]
    [InlineData("no_such_network")]
    [InlineData("resnet18.no_such_weights")]
    [InlineData("vit_b_p16_r224_int8_qsym")]
    [InlineData("vgg16_bn_w0.75_r224_fp16")]
    [InlineData("vit_s_p16_r224_fp16_prune20")]
    [InlineData("vit_tiny_patch16_224_in21k")]
    public void Find_WeightsThatNobodyTested_GivesNothing(string model) => ImageNetAccuracy.Find(model).ShouldBeNull();
}
