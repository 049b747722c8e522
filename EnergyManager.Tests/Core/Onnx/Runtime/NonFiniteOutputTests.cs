using EnergyManager.Benchmarks.Chaos.Deployments;
using EnergyManager.Core.Onnx.Runtime;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Core.Onnx.Runtime;

public sealed class NonFiniteOutputTests
{
    [Fact]
    public void FindNonFinite_RootsOfNegativeNumbers_NamesTheOutputAndCounts() =>
        Find(FaultModels.ComputesNaN()).ShouldBe("output 'y' holds 16 numbers that are NaN or infinite");

    [Fact]
    public void FindNonFinite_OrdinaryModel_FindsNothing() => Find(FaultModels.Quick()).ShouldBeNull();

    private static string? Find(byte[] model)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(directory["m.onnx"], model);
        using var runner = OnnxRunner.Load(directory["m.onnx"], new OnnxRunnerOptions());
        return runner.FindNonFinite(CancellationToken.None);
    }
}
