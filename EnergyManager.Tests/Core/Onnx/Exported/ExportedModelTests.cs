using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Runtime;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Tests.Core.Onnx.Synthesis;
using EnergyManager.Tests.Support;
using Xunit.Abstractions;

namespace EnergyManager.Tests.Core.Onnx.Exported;

/// <summary>What PyTorch exports is read, run and counted as PyTorch has it.</summary>
[Collection(nameof(ExportedModelsCollection))]
public sealed class ExportedModelTests(ExportedModels models, ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. ExportedModels.Synthesized.Keys];

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void Inspect_ExportedFile_HasPyTorchsParametersAndThePublishedMacs(string name)
    {
        var model = models[name];
        var synthesized = ExportedModels.Synthesized[name];
        var published = PublishedFigures.All.Single(figures => figures.Name == synthesized);

        var inspection = model.Inspect();

        output.WriteLine($"{name}: {inspection.Parameters:N0} parameters, {inspection.Gmacs:0.0000} GMACs (published {published.Gmacs})");
        inspection.Parameters.ShouldBe(model.Parameters);
        inspection.Parameters.ShouldBe(published.Parameters);
        published.AgreesWith(inspection.Gmacs).ShouldBeTrue($"{inspection.Gmacs} GMACs, published {published.Gmacs}");
        inspection.Complete.ShouldBeTrue(string.Join(Environment.NewLine, inspection.Unresolved));
        inspection.RandomWeights.ShouldBeTrue();
        inspection.Producer.ShouldBe("pytorch");
        inspection.Assumptions.ShouldBeEmpty();
    }

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void Inspect_ExportedFile_CostsWhatTheSynthesizedOneCosts(string name)
    {
        using var synthesized = new ModelFile(ModelSynthesizer.Write(ExportedModels.Synthesized[name]));

        var (theirs, ours) = (models[name].Inspect(), OnnxInspector.Inspect(synthesized.FullPath, new InspectorLimits(), CancellationToken.None));

        ours.Parameters.ShouldBe(theirs.Parameters);
        ours.Macs.ShouldBe(theirs.Macs);
        ours.Activations.ShouldBe(theirs.Activations);
    }

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void Run_ExportedFile_GivesPyTorchsOutput(string name)
    {
        var model = models[name];
        using var runner = OnnxRunner.Load(model.File, new OnnxRunnerOptions());

        var actual = runner.Run([model.Input], CancellationToken.None).ShouldHaveSingleItem().ShouldBeOfType<OnnxTensor>();

        var (difference, scale) = model.Compare(actual.As<float>());
        output.WriteLine($"{name}: differs by {difference:0.0e+0} at most, {difference / scale:0.0e+0} of the largest value {scale:0.000}");
        difference.ShouldBeLessThan(1e-3);
        (difference / scale).ShouldBeLessThan(1e-3);
        scale.ShouldBeInRange(0.01, 100);
    }
}
