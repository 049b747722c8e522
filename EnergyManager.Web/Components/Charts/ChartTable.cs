using System.Globalization;
using System.Text;

namespace EnergyManager.Web.Components.Charts;

/// <summary>A column of the table behind a chart.</summary>
/// <param name="Title">Heading, with the unit where there is one.</param>
/// <param name="Numeric">Whether its cells are figures.</param>
public sealed record ChartTableColumn(string Title, bool Numeric = true);

/// <summary>The figures behind a chart: shown instead of it on demand, and downloaded as CSV.</summary>
/// <param name="Columns">Columns; the first one names the row.</param>
/// <param name="Rows">Rows of texts, <see cref="double"/>, <see cref="DateTimeOffset"/> or <c>null</c>.</param>
public sealed record ChartTable(IReadOnlyList<ChartTableColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    /// <summary>Nothing.</summary>
    public static ChartTable Empty { get; } = new([], []);

    /// <summary>
    /// The table as CSV (RFC 4180): points as decimal separators and ISO 8601 times in UTC whatever the language, so that every
    /// program reads it; a figure that is not there is empty.
    /// </summary>
    public string ToCsv()
    {
        var csv = new StringBuilder();
        csv.AppendJoin(',', Columns.Select(column => Quote(column.Title))).Append("\r\n");
        foreach (var row in Rows)
            csv.AppendJoin(',', row.Select(Write)).Append("\r\n");
        return csv.ToString();
    }

    private static string Write(object? cell) => cell switch
    {
        null => "",
        double value => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "",
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => Quote(cell.ToString() ?? ""),
    };

    // Spreadsheets take a text that begins like a formula for one.
    private static string Quote(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@', ..] ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
