using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Benchmarks.Conformance;

/// <summary>
/// Runs the backend tests of ONNX through the product's own binding. A test is a folder with <c>model.onnx</c> and
/// <c>test_data_set_N/input_K.pb</c> and <c>output_K.pb</c>.
/// </summary>
public static class ConformanceRun
{
    /// <summary>Where Debian's package libonnx-testdata puts the tests.</summary>
    public const string DebianPath = "/usr/share/libonnx-testdata/data";

    /// <summary>Runs every test of the given suites, in the order of their names.</summary>
    public static IEnumerable<ConformanceCase> Run(string path, IReadOnlyList<string> suites, CancellationToken cancellationToken)
    {
        foreach (var suite in suites.Where(suite => Directory.Exists(Path.Combine(path, suite))))
        {
            foreach (var directory in Directory.EnumerateDirectories(Path.Combine(path, suite)).Order(StringComparer.Ordinal))
            {
                if (File.Exists(Path.Combine(directory, "model.onnx")))
                    yield return Run(suite, directory, cancellationToken);
            }
        }
    }

    private static ConformanceCase Run(string suite, string directory, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(directory);
        try
        {
            using var runner = OnnxRunner.Load(Path.Combine(directory, "model.onnx"), new OnnxRunnerOptions { PrepareInputs = false });
            foreach (var set in Directory.EnumerateDirectories(directory, "test_data_set_*").Order(StringComparer.Ordinal))
            {
                var inputs = Files(set, "input").Select((file, i) => Read(file, runner.Inputs[i])).ToList();
                var expected = Files(set, "output").Select((file, i) => Read(file, runner.Outputs[i])).ToList();
                var actual = runner.Run(inputs, cancellationToken);
                for (var i = 0; i < expected.Count; i++)
                {
                    if (ValueComparison.Difference(actual[i], expected[i]) is { } difference)
                        return Differs(suite, name, $"{runner.Outputs[i].Name}: {difference}");
                }
            }

            return new ConformanceCase(suite, name, ConformanceOutcome.Passed, "", "");
        }
        catch (OnnxRunnerException exception)
        {
            var reason = ConformanceReason.Of(exception.Reason);
            return new ConformanceCase(suite, name, reason is null ? ConformanceOutcome.Failed : ConformanceOutcome.Unsupported, reason ?? ConformanceReason.Other, exception.Reason);
        }
    }

    private static ConformanceCase Differs(string suite, string name, string difference) => ConformanceReason.OfDifference(name) is { } known
        ? new ConformanceCase(suite, name, ConformanceOutcome.KnownDifference, known, difference)
        : new ConformanceCase(suite, name, ConformanceOutcome.Failed, ConformanceReason.Differs, difference);

    /// <summary>NumPy, which wrote the files, has no bfloat16: they hold its bits as 16-bit integers.</summary>
    private static OnnxValue Read(string file, OnnxTensorInfo declared) =>
        TensorFile.ReadValue(file, declared) is OnnxTensor { ElementType: OnnxElementType.UInt16 } bits && declared.ElementType == OnnxElementType.BFloat16.Name()
            ? new OnnxTensor(bits.Name, OnnxElementType.BFloat16, bits.Shape, bits.Data)
            : TensorFile.ReadValue(file, declared);

    /// <summary>Files <c>input_0.pb</c>, <c>input_1.pb</c>, ... in their order, which is not that of their names.</summary>
    private static IEnumerable<string> Files(string set, string kind) =>
        Enumerable.Range(0, int.MaxValue).Select(i => Path.Combine(set, $"{kind}_{i}.pb")).TakeWhile(File.Exists);
}
