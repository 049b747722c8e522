using System.Globalization;

namespace EnergyManager.Core.Benchmarks;

/// <summary>One thing that is wrong in a benchmark file.</summary>
/// <param name="Line">Line in the file, from 1; the header is line 1.</param>
/// <param name="Column">Column name in snake_case, or empty where the whole line is meant.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record BenchmarkFileError(int Line, string Column, string Message)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"line {Line}{(Column.Length > 0 ? $", column {Column}" : "")}: {Message}");
}

/// <summary>A benchmark file that cannot be used, with every error found in it (up to <see cref="BenchmarkReaderOptions.MaximumErrors"/>).</summary>
public sealed class BenchmarkFileException : FormatException
{
    /// <summary>A file that cannot be used.</summary>
    public BenchmarkFileException() : this("The benchmark file cannot be used.")
    {
    }

    /// <summary>A file that cannot be used.</summary>
    public BenchmarkFileException(string message) : base(message) => Errors = [new BenchmarkFileError(1, "", message)];

    /// <summary>A file that cannot be used, with its cause.</summary>
    public BenchmarkFileException(string message, Exception innerException) : base(message, innerException) =>
        Errors = [new BenchmarkFileError(1, "", message)];

    /// <summary>A file with errors.</summary>
    /// <param name="source">Name of the file.</param>
    /// <param name="errors">At least one error.</param>
    public BenchmarkFileException(string source, IReadOnlyList<BenchmarkFileError> errors)
        : base($"{source}: {Summary(errors)}") => Errors = errors;

    /// <summary>What is wrong, in file order.</summary>
    public IReadOnlyList<BenchmarkFileError> Errors { get; }

    // Errors that say the same of several columns are one sentence.
    private static string Summary(IReadOnlyList<BenchmarkFileError> errors)
    {
        var first = errors[0];
        if (errors.Count == 1)
            return first.ToString();
        return errors.All(e => e.Line == first.Line && e.Message == first.Message && e.Column.Length > 0)
            ? string.Create(CultureInfo.InvariantCulture, $"line {first.Line}, columns {string.Join(", ", errors.Select(e => e.Column))}: {first.Message}")
            : string.Create(CultureInfo.InvariantCulture, $"{first} (and {errors.Count - 1} more)");
    }
}
