namespace EnergyManager.Core.Benchmarks;

/// <summary>Caps of reading a benchmark file.</summary>
public sealed record BenchmarkReaderOptions
{
    /// <summary>The usual caps.</summary>
    public static BenchmarkReaderOptions Default { get; } = new();

    /// <summary>Most rows that a file may have. Larger files are refused.</summary>
    public int MaximumRows { get; init; } = 10_000;

    /// <summary>Most characters in one field. A longer field is an error of its line.</summary>
    public int MaximumFieldLength { get; init; } = 512;

    /// <summary>Most errors that are gathered. Reading stops there, unless bad rows are left out: then the rest is counted only.</summary>
    public int MaximumErrors { get; init; } = 100;

    /// <summary>Reads on after a bad row and says in <see cref="BenchmarkFile.Errors"/> what is wrong with it, instead of refusing the file.</summary>
    public bool LeavesOutBadRows { get; init; }
}
