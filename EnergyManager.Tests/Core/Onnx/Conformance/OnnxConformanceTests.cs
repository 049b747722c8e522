using EnergyManager.Benchmarks.Conformance;

namespace EnergyManager.Tests.Core.Onnx.Conformance;

/// <summary>The backend tests of ONNX (Debian's libonnx-testdata, ONNX 1.12) through the binding.</summary>
public sealed class OnnxConformanceTests
{
    // As docs/onnx-conformance.md records them, on a host without the locale en_US.UTF-8; more is better.
    [OnnxDataFact]
    public void NodeTests_OfOnnx_PassAsRecordedAndTheRestHasAKnownReason()
    {
        var cases = ConformanceRun.Run(ConformanceRun.DebianPath, ["node"], CancellationToken.None).ToList();

        cases.Count.ShouldBeGreaterThanOrEqualTo(932);
        cases.Where(c => c.Outcome == ConformanceOutcome.Failed).Select(c => $"{c.Name}: {c.Detail}").ShouldBeEmpty();
        cases.Count(c => c.Outcome == ConformanceOutcome.Passed).ShouldBeGreaterThanOrEqualTo(882);
        cases.Where(c => c.Outcome == ConformanceOutcome.Unsupported).ShouldAllBe(c => c.Detail.Length > 0);
    }

    [OnnxDataFact]
    public void OlderTests_OfOnnx_HaveNoUnknownReason()
    {
        var cases = ConformanceRun.Run(ConformanceRun.DebianPath, ["simple", "pytorch-operator", "pytorch-converted"], CancellationToken.None).ToList();

        cases.Where(c => c.Outcome == ConformanceOutcome.Failed).Select(c => $"{c.Name}: {c.Detail}").ShouldBeEmpty();
        cases.Count(c => c.Outcome == ConformanceOutcome.Passed).ShouldBeGreaterThanOrEqualTo(100);
    }
}
