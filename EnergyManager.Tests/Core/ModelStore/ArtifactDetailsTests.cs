using System.Buffers.Binary;
using System.Text;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Synthesis;

namespace EnergyManager.Tests.Core.ModelStore;

public sealed class ArtifactDetailsTests
{
    [Fact]
    public async Task ReadAsync_Onnx_HasTheFiguresOfTheGraphAndKeepsThem()
    {
        using var temporary = new TemporaryStore();
        var artifact = await temporary.Add("net.onnx", ModelSynthesizer.Write("squeezenet1_1"));

        var details = await new ArtifactDetailsFiles(temporary.Store, new InspectorLimits()).ReadAsync(artifact, default);

        details.IsRead.ShouldBeTrue();
        (details.Parameters!.Value / 1e6).ShouldBe(1.2355, 0.001);
        (details.Macs!.Value / 1e9).ShouldBe(0.35, 0.01);
        details.Precision.ShouldBe(Precision.Fp32);
        details.Inputs.ShouldHaveSingleItem().ShouldContain("224");
        artifact.RandomWeights.ShouldBeTrue();
        // Another process finds them without the content.
        Directory.Delete(temporary.PathOf(".objects"), recursive: true);
        File.Delete(temporary.PathOf("net.onnx"));
        var kept = await new ArtifactDetailsFiles(temporary.Reopen(), new InspectorLimits()).ReadAsync(artifact, default);
        kept.Macs.ShouldBe(details.Macs);
        kept.Inputs.ShouldBe(details.Inputs);
    }

    [Theory]
    [InlineData("F32", Precision.Fp32)]
    [InlineData("F16", Precision.Fp16)]
    [InlineData("I8", Precision.Int8)]
    [InlineData("BF16", null)]
    public async Task ReadAsync_Safetensors_CountsTheWeightsOfTheHeader(string type, Precision? precision)
    {
        using var temporary = new TemporaryStore();
        var content = Safetensors(
            $$$"""{"__metadata__":{"format":"pt","license":"apache-2.0"},"fc.weight":{"dtype":"{{{type}}}","shape":[10,4],"data_offsets":[0,160]},"n":{"dtype":"I64","shape":[],"data_offsets":[160,168]}}""", 168);
        var artifact = await temporary.Add("net.safetensors", content);

        var details = await new ArtifactDetailsFiles(temporary.Store, new InspectorLimits()).ReadAsync(artifact, default);

        details.Parameters.ShouldBe(40);
        details.Precision.ShouldBe(precision);
        details.Macs.ShouldBeNull();
        details.Licence.ShouldBe("apache-2.0");
        details.IsRead.ShouldBeFalse();
    }

    [Theory]
    [InlineData("{}x")]
    [InlineData("""{"w":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,1]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":"4","data_offsets":[0,1]}}""")]
    [InlineData("""{"w":{"shape":[4]}}""")]
    [InlineData("[1]")]
    public async Task ReadAsync_DamagedSafetensors_SaysSo(string header)
    {
        using var temporary = new TemporaryStore();
        var artifact = await temporary.Add("net.safetensors", Safetensors(header, 4));

        var details = await new ArtifactDetailsFiles(temporary.Store, new InspectorLimits()).ReadAsync(artifact, default);

        details.Parameters.ShouldBeNull();
        details.Notes.ShouldHaveSingleItem().ShouldContain("header cannot be read");
    }

    [Theory]
    [InlineData(".pth")]
    [InlineData(".pt")]
    [InlineData(".tflite")]
    [InlineData(".bin")]
    public async Task ReadAsync_OtherFormat_IsUnknownAndNotExecutable(string format)
    {
        using var temporary = new TemporaryStore();
        var artifact = await temporary.Add("net" + format, [1, 2, 3]);

        var details = await new ArtifactDetailsFiles(temporary.Store, new InspectorLimits()).ReadAsync(artifact, default);

        (details.Parameters, details.Macs, details.Precision).ShouldBe((null, null, null));
        ArtifactFormats.IsExecutable(format).ShouldBeFalse();
        ArtifactFormats.WhyNotExecutable(format).ShouldNotBeNull().ShouldContain("delivered");
        ArtifactFormats.WhyNotExecutable(".onnx").ShouldBeNull();
    }

    [Theory]
    [InlineData("resnet18.a1_in1k", "Apache-2.0")]
    [InlineData("hf_hub:timm/resnet18.tv_in1k", "BSD-3-Clause")]
    [InlineData("resnet18", null)]
    [InlineData("resnet18.mine", null)]
    public void PublishedLicences_Find_KnowsTheWeightsByTheirTag(string name, string? licence) => PublishedLicences.Find(name).ShouldBe(licence);

    private static byte[] Safetensors(string header, int dataBytes)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. new byte[dataBytes]];
    }
}
