using System.Security.Cryptography;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Runtime;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Tests.Core.ModelStore;

namespace EnergyManager.Tests.Core.Onnx.Synthesis;

public sealed class ModelSynthesizerTests
{
    /// <summary>Parameters and GMACs as torchvision publishes them, activations (in millions) as timm's benchmark tables do.</summary>
    public static TheoryData<string, long, double, double?> Published => new()
    {
        { "squeezenet1_1", 1_235_496, 0.349, null },
        { "mobilenetv2_100", 3_504_872, 0.301, 6.68 },
        { "resnet18", 11_689_512, 1.814, 2.48 },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Write_EveryArchitecture_HasThePublishedFiguresAndRuns(string name, long parameters, double gmacs, double? activationsM)
    {
        using var file = new ModelFile(ModelSynthesizer.Write(name));

        var inspection = OnnxInspector.Inspect(file.FullPath, new InspectorLimits(), CancellationToken.None);
        using var runner = OnnxRunner.Load(file.FullPath, new OnnxRunnerOptions());
        runner.RunSynthetic(CancellationToken.None);

        inspection.Parameters.ShouldBe(parameters);
        inspection.Gmacs.ShouldBe(gmacs, gmacs * 0.01);
        if (activationsM is { } activations)
            inspection.ActivationsM.ShouldBe(activations, activations * 0.01);
        inspection.Complete.ShouldBeTrue();
        inspection.Precision.ShouldBe(Precision.Fp32);
        inspection.SizeMb.ShouldBe(parameters * 4 / 1e6, inspection.SizeMb * 0.02);
        inspection.RandomWeights.ShouldBeTrue();
        inspection.Producer.ShouldBe("EnergyManager");
        inspection.Assumptions.ShouldBeEmpty();
    }

    [Fact]
    public void Architectures_All_AreCoveredByPublishedFigures() =>
        ModelSynthesizer.Architectures.ShouldBe(Published.Select(row => (string)row[0]));

    [Fact]
    public void Write_SameSeed_GivesTheSameBytesOnEveryMachine()
    {
        var bytes = ModelSynthesizer.Write("squeezenet1_1", seed: 1);

        Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe("66e027dba6c24f8784728636833b4b8171f170d36ec3fdd82d9571aa4355bc92");
        ModelSynthesizer.Write("squeezenet1_1", seed: 2).ShouldNotBe(bytes);
    }

    [Fact]
    public async Task SynthesizeAsync_KnownName_StoresALabelledArtifact()
    {
        using var temporary = new TemporaryStore();

        var artifact = await ModelSynthesizer.SynthesizeAsync("SqueezeNet1_1", temporary.Store, CancellationToken.None);

        artifact.FileName.ShouldBe("squeezenet1_1.onnx");
        artifact.RandomWeights.ShouldBeTrue();
        artifact.SizeBytes.ShouldBeInRange(4_941_984, 5_000_000);
        (await temporary.Store.FindAsync("squeezenet1_1", default)).ShouldBe(artifact);
    }

    [Fact]
    public async Task SynthesizeAsync_FileCopiedElsewhere_IsStillLabelled()
    {
        using var temporary = new TemporaryStore();
        await File.WriteAllBytesAsync(temporary.PathOf("copied.onnx"), ModelSynthesizer.Write("squeezenet1_1"));

        (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem().RandomWeights.ShouldBeTrue();
    }

    [Theory]
    [InlineData("vgg99")]
    [InlineData("")]
    [InlineData("../squeezenet1_1")]
    public async Task SynthesizeAsync_UnknownName_NamesTheKnownOnes(string name)
    {
        using var temporary = new TemporaryStore();

        var error = await Should.ThrowAsync<ModelStoreException>(() => ModelSynthesizer.SynthesizeAsync(name, temporary.Store, CancellationToken.None));

        error.Field.ShouldBe("model_name");
        error.Message.ShouldContain("squeezenet1_1");
        temporary.Files().ShouldBeEmpty();
    }
}
