using EnergyManager.Benchmarks.Soak;

namespace EnergyManager.Tests.Core.Onnx.Runtime;

public sealed class OnnxRunnerMemoryTests
{
    // Other tests run in this process meanwhile and take memory of their own: what is held against is a leak of as little as one
    // buffer (48 KB of input or 128 KB of output) a run, which would be 250 MB and more. The soak command measures alone, and longer.
    [Fact]
    public void Run_FiveThousandTimes_LeavesNothingBehind()
    {
        using var file = new ModelFile(SmallModel.Write());

        var report = RunSoak.Run(file.FullPath, 5000, CancellationToken.None);

        (report.EndBytes - report.StartBytes).ShouldBeLessThan(120_000_000);
    }
}
