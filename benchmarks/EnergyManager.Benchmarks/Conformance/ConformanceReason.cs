namespace EnergyManager.Benchmarks.Conformance;

/// <summary>Groups of reasons why a test does not pass.</summary>
public static class ConformanceReason
{
    /// <summary>An output differs from the expected one, and nobody knows why.</summary>
    public const string Differs = "output differs";

    /// <summary>A reason that is none of the known ones.</summary>
    public const string Other = "other";

    private const string NoKernel = "no kernel for this operator, version or type";
    private const string NoSuchValue = "a value that the runtime's C interface cannot make: an empty sequence, an optional that is not there";

    // What the runtime says, and the group that it stands for. The order counts.
    private static readonly (string Words, string Group)[] Refusals =
    [
        ("ai.onnx.preview.training", "operators of training, which this build of the runtime leaves out"),
        ("Could not find an implementation for", NoKernel),
        ("Batchwise recurrent operations", "recurrent operators with the batch first (layout 1)"),
        ("Failed to construct locale", "the locale en_US.UTF-8, which is not installed on this host"),
        ("; the model takes ", "an input of another shape than the model declares"),
        ("Number of values should be at least 1", NoSuchValue),
        ("is an optional value that is not there", NoSuchValue),
    ];

    // Tests that run and whose output differs for a reason of their own. The runtime's own run of these tests leaves most of them
    // out or allows more: microsoft/onnxruntime, onnxruntime/test/testdata/onnx_backend_test_series_{filters,overrides}.jsonc.
    private static readonly (string Name, string Group)[] Differences =
    [
        ("test_bernoulli", "random numbers, which are another generator's in the expected output"),
        ("test_training_dropout", "random numbers, which are another generator's in the expected output"),
        ("test_dft", "a sum that is 0 in exact arithmetic and up to 1.2e-4 in 32 bits; the runtime's own tests allow 1e-4"),
        ("test_stft", "a sum that is 0 in exact arithmetic and up to 1.2e-4 in 32 bits; the runtime's own tests allow 1e-4"),
        ("test_cast_FLOAT_to_STRING", "the number of digits of a number written as text"),
        ("test_castlike_FLOAT_to_STRING", "the number of digits of a number written as text"),
        ("test_cast_FLOAT_to_BFLOAT16", "rounding to bfloat16: the expected output is cut off, the runtime rounds to the nearest"),
        ("test_maxunpool_export_with_output_shape", "an expected output that the runtime's makers do not agree with"),
        ("test_resize_downsample_scales_cubic_align_corners", "an expected output that the runtime's makers do not agree with"),
        ("test_resize_downsample_scales_linear_align_corners", "an expected output that the runtime's makers do not agree with"),
    ];

    /// <summary>The group of what the runtime said, or <c>null</c> when it is none of the known ones.</summary>
    public static string? Of(string message) =>
        Array.Find(Refusals, known => message.Contains(known.Words, StringComparison.Ordinal)).Group;

    /// <summary>The group of a test whose output differs, or <c>null</c> when there is no known reason for that.</summary>
    public static string? OfDifference(string test) => Array.Find(Differences, known => test.StartsWith(known.Name, StringComparison.Ordinal)).Group;
}
