using EnergyManager.Benchmarks.Conformance;

namespace EnergyManager.Tests.Core.Onnx.Conformance;

/// <summary>A test that needs the tests of ONNX. Without them it is reported as skipped, with what to install.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnnxDataFactAttribute : FactAttribute
{
    public OnnxDataFactAttribute()
    {
        if (!Directory.Exists(Path.Combine(ConformanceRun.DebianPath, "node")))
            Skip = "The tests of ONNX were not found. Install them (Debian and Ubuntu: apt-get install libonnx-testdata).";
    }
}
