namespace EnergyManager.Benchmarks.Conformance;

/// <summary>How one test of ONNX ended.</summary>
public enum ConformanceOutcome
{
    /// <summary>Every output is as expected.</summary>
    Passed,

    /// <summary>The runtime says that it cannot: there is nothing to compare.</summary>
    Unsupported,

    /// <summary>The model ran, an output differs, and the reason is known not to be the binding's.</summary>
    KnownDifference,

    /// <summary>The model ran and an output differs, or something went wrong that should not.</summary>
    Failed,
}

/// <summary>One test of ONNX and how it ended.</summary>
/// <param name="Suite">Folder of the test: <c>node</c>, <c>simple</c>, ...</param>
/// <param name="Name">Name of the test.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Group of the reason, for tests that did not pass.</param>
/// <param name="Detail">The runtime's own words, or the first difference.</param>
public sealed record ConformanceCase(string Suite, string Name, ConformanceOutcome Outcome, string Reason, string Detail);
