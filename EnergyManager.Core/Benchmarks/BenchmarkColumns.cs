namespace EnergyManager.Core.Benchmarks;

/// <summary>Column names of benchmark files.</summary>
public static class BenchmarkColumns
{
    /// <summary>Columns that a file in the curated schema must have.</summary>
    public static IReadOnlyList<string> Required { get; } =
        ["model", "params_m", "gmacs", "size_mb", "input_width", "input_height", "run_duration_s", "run_energy_mwh"];

    /// <summary>Every column of the curated tables, in order.</summary>
    public static IReadOnlyList<string> Curated { get; } =
    [
        "model", "architecture", "family", "precision", "params_m", "gmacs", "size_mb", "input_width", "input_height", "batch", "inferences",
        "run_duration_s", "run_energy_mwh", "run_energy_std_mwh", "campaign", "source", "findings",
        "activations_m", "reference_cpu_ms", "reference_gpu_ms", "likely_inferences",
    ];

    /// <summary>Columns that a file in the raw schema must have, besides one of <c>latency_avg_s</c> and <c>duration_avg_s</c>.</summary>
    public static IReadOnlyList<string> RawRequired { get; } =
        ["model", "params_m", "gmacs", "size_mb", "input_size", "energy_avg_mwh"];

    /// <summary>Columns that tell the raw schema from the curated one.</summary>
    internal static IReadOnlyList<string> RawOnly { get; } = ["energy_avg_mwh", "input_size", "latency_avg_s", "duration_avg_s"];
}
