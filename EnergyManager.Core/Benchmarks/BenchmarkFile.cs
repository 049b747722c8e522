namespace EnergyManager.Core.Benchmarks;

/// <summary>Which columns a benchmark file has.</summary>
public enum BenchmarkSchema
{
    /// <summary>The columns of the curated tables: <c>run_duration_s</c> and <c>run_energy_mwh</c> of a whole run.</summary>
    Curated,

    /// <summary>The columns of the measurement files: <c>energy_avg_mwh</c> with a latency or duration column.</summary>
    Raw,
}

/// <summary>A benchmark file that was read.</summary>
/// <param name="Source">Name of the file.</param>
/// <param name="Schema">Which columns it has.</param>
/// <param name="Records">Its rows in file order.</param>
public sealed record BenchmarkFile(string Source, BenchmarkSchema Schema, IReadOnlyList<BenchmarkRecord> Records)
{
    /// <summary>
    /// What is wrong with the rows that were left out, in file order, up to <see cref="BenchmarkReaderOptions.MaximumErrors"/>. Empty unless
    /// <see cref="BenchmarkReaderOptions.LeavesOutBadRows"/>.
    /// </summary>
    public IReadOnlyList<BenchmarkFileError> Errors { get; init; } = [];

    /// <summary>Number of rows that were left out.</summary>
    public int BadRows { get; init; }

    /// <summary>The rows with the meaning that their columns claim; nothing is repaired. See <see cref="BenchmarkRecord.ToRow"/>.</summary>
    public IReadOnlyList<BenchmarkRow> ToRows() => [.. Records.Select(r => r.ToRow())];
}
