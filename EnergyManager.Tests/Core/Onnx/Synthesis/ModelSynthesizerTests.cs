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
    public static TheoryData<string> Names => [.. ModelSynthesizer.Architectures];

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_EveryArchitecture_HasThePublishedFigures(string name)
    {
        var published = PublishedFigures.All.Single(figures => figures.Name == name);
        using var file = new ModelFile(ModelSynthesizer.Write(name));

        var inspection = OnnxInspector.Inspect(file.FullPath, new InspectorLimits(), CancellationToken.None);

        inspection.Parameters.ShouldBe(published.Parameters);
        published.AgreesWith(inspection.Gmacs).ShouldBeTrue($"{inspection.Gmacs} GMACs, published {published.Gmacs}");
        if (published.ActivationsM is { } activations)
            inspection.ActivationsM.ShouldBe(activations, activations * 0.01);
        inspection.Complete.ShouldBeTrue();
        inspection.Precision.ShouldBe(Precision.Fp32);
        inspection.SizeMb.ShouldBe(published.Parameters * 4 / 1e6, inspection.SizeMb * 0.04);
        inspection.RandomWeights.ShouldBeTrue();
        inspection.Producer.ShouldBe("EnergyManager");
        inspection.Assumptions.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_EveryArchitecture_RunsAndNeitherVanishesNorExplodes(string name)
    {
        using var file = new ModelFile(ModelSynthesizer.Write(name));
        using var runner = OnnxRunner.Load(file.FullPath, new OnnxRunnerOptions());

        var output = runner.Run([Image()], CancellationToken.None).ShouldHaveSingleItem().ShouldBeOfType<OnnxTensor>();

        output.Shape.ShouldBe([1, 1000]);
        var scores = output.As<float>().ToArray();
        scores.ShouldAllBe(score => float.IsFinite(score));
        scores.Distinct().Count().ShouldBeGreaterThan(900 / (name == "squeezenet1_1" ? 2 : 1));
        // Far from the ends of half precision (6e-5 to 65,504), after up to 80 layers without training.
        Math.Sqrt(scores.Average(score => score * (double)score)).ShouldBeInRange(0.003, 30);
    }

    [Fact]
    public void Architectures_All_AreCoveredByPublishedFigures() =>
        ModelSynthesizer.Architectures.ShouldBe(PublishedFigures.All.Select(figures => figures.Name));

    [Fact]
    public void Write_SameSeed_GivesTheSameBytesOnEveryMachine()
    {
        var bytes = ModelSynthesizer.Write("squeezenet1_1", seed: 1);

        Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe("9b57a3c45e627ec50d722de75aca615d8ab4d4c495e195d136d43b54e625aa59");
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

    private static OnnxTensor Image()
    {
        var random = new Random(1);
        var pixels = new float[3 * 224 * 224];
        for (var index = 0; index < pixels.Length; index++)
            pixels[index] = random.NextSingle();
        return OnnxTensor.Of<float>("input", OnnxElementType.Float, [1, 3, 224, 224], pixels);
    }
}
