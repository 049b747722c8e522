using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;

namespace EnergyManager.Core.Benchmarks;

/// <summary>Reads the fields of one row and notes what is wrong with each, so that a file's errors come in one answer.</summary>
internal sealed partial class RowReader(CsvReader csv, List<BenchmarkFileError> errors, int maximumFieldLength)
{
    private const int MaximumCount = 100_000_000;
    private const int MaximumPixels = 16_384;

    // Wider than any figure of a model or a run, and narrow enough that their products and quotients stay finite.
    private const double SmallestNumber = 1e-9;
    private const double GreatestNumber = 1e9;

    private readonly int _errorsBefore = errors.Count;

    public int Line { get; } = (int)csv.LineNumber;

    public bool HasErrors => errors.Count > _errorsBefore;

    public bool HasOtherWidth(int columns)
    {
        if (csv.FieldCount == columns || (csv.FieldCount > columns && Enumerable.Range(columns, csv.FieldCount - columns).All(i => string.IsNullOrWhiteSpace(csv.GetString(i)))))
            return false;
        Error("", $"The line has {csv.FieldCount} fields, the header {columns}.{(csv.FieldCount > columns ? " Write numbers with a decimal point, and put texts that hold a comma in quotes." : "")}");
        return true;
    }

    public bool HasColumn(string column) => csv.TryGetFieldIndex(column, out _);

    public string? OptionalText(string column)
    {
        if (!csv.TryGetFieldIndex(column, out var index) || csv.GetString(index) is not { } text || string.IsNullOrWhiteSpace(text))
            return null;
        if (text.Length > maximumFieldLength)
            return Error(column, $"The value has {text.Length} characters, at most {maximumFieldLength} are allowed.", (string?)null);
        return text.Any(char.IsControl) ? Error(column, "The value holds control characters or line breaks.", (string?)null) : text;
    }

    public string Text(string column) => OptionalText(column) ?? (HasErrorsIn(column) ? "" : Error(column, "A value is needed.", ""));

    public double Positive(string column) => OptionalPositive(column) ?? (HasErrorsIn(column) ? 0 : Error(column, "A number is needed.", 0d));

    public double? OptionalPositive(string column) =>
        Number(column) is not { } value ? null
        : value <= 0 ? Error(column, $"{Show(value)} is not greater than 0.", (double?)null)
        : value is >= SmallestNumber and <= GreatestNumber ? value
        : Error(column, Invariant($"{value:g4} is not between {SmallestNumber:g} and {GreatestNumber:g}."), (double?)null);

    public double? OptionalNonNegative(string column) =>
        Number(column) is not { } value ? null
        : value < 0 ? Error(column, $"{Show(value)} is negative.", (double?)null)
        : value <= GreatestNumber ? value
        : Error(column, Invariant($"{value:g4} is greater than {GreatestNumber:g}."), (double?)null);

    public int? OptionalCount(string column) =>
        Number(column) is not { } value ? null
        : value is >= 1 and <= MaximumCount && double.IsInteger(value) ? (int)value
        : Error(column, $"{Show(value)} is not a whole number from 1 to {MaximumCount}.", (int?)null);

    public int Pixels(string column) =>
        Number(column) is not { } value ? HasErrorsIn(column) ? 0 : Error(column, "A number of pixels is needed.", 0)
        : value is >= 1 and <= MaximumPixels && double.IsInteger(value) ? (int)value
        : Error(column, $"{Show(value)} is not a whole number of pixels from 1 to {MaximumPixels}.", 0);

    public Precision? Precision(string column) =>
        OptionalText(column) is not { } text ? null
        : Enum.TryParse<Precision>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]) ? value
        : Error(column, $"'{Excerpt(text)}' is not one of fp32, fp16, int8.", (Precision?)null);

    /// <summary>Reads channels x height x width, for example <c>3x224x224</c>.</summary>
    public (int Height, int Width) InputSize(string column)
    {
        var text = Text(column);
        if (Size().Match(text) is { Success: true } match
            && int.TryParse(match.Groups["h"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && int.TryParse(match.Groups["w"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && height is >= 1 and <= MaximumPixels && width is >= 1 and <= MaximumPixels)
        {
            return (height, width);
        }

        return text.Length == 0 ? (0, 0) : Error(column, $"'{Excerpt(text)}' is not channels x height x width, such as 3x224x224.", (0, 0));
    }

    /// <summary>The values of the columns that are there.</summary>
    public IReadOnlyList<double> Values(params ReadOnlySpan<string> columns)
    {
        var values = new List<double>();
        foreach (var column in columns)
        {
            if (OptionalNonNegative(column) is { } value)
                values.Add(value);
        }

        return values;
    }

    private double? Number(string column)
    {
        if (OptionalText(column) is not { } text)
            return null;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            return Error(column, $"'{Excerpt(text)}' is not a number. Use digits and a decimal point{(DecimalComma().IsMatch(text) ? $": {text.Replace(',', '.')}" : "")}.", (double?)null);
        return double.IsFinite(value) ? value : Error(column, $"'{Excerpt(text)}' is not a finite number.", (double?)null);
    }

    // A value of a file may be long, or hold what a terminal would obey.
    private static string Excerpt(string text) =>
        string.Concat((text.Length > 40 ? text[..40] + "..." : text).Select(c => char.IsControl(c) ? '?' : c));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private bool HasErrorsIn(string column) => errors.Skip(_errorsBefore).Any(e => e.Column == column);

    private void Error(string column, string message) => errors.Add(new(Line, column, message));

    private T Error<T>(string column, string message, T fallback)
    {
        Error(column, message);
        return fallback;
    }

    private static string Show(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^-?\d+,\d+$", RegexOptions.None, 1000)]
    private static partial Regex DecimalComma();

    [GeneratedRegex(@"^\d{1,4}x(?<h>\d{1,5})x(?<w>\d{1,5})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Size();
}
