namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>A table of numbers, row by row in one array; NaN is a missing value.</summary>
public sealed class FeatureMatrix
{
    private readonly double[] _values;

    /// <summary>A matrix over <paramref name="values"/>, which it keeps.</summary>
    /// <param name="columns">Columns; at least 1.</param>
    /// <param name="values">All values, row by row.</param>
    /// <exception cref="ArgumentException">The values do not fill whole rows, or one is infinite.</exception>
    public FeatureMatrix(int columns, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (values.Length % columns != 0)
            throw new ArgumentException($"{values.Length} values do not fill rows of {columns}.", nameof(values));
        if (values.AsSpan().ContainsAny(double.PositiveInfinity, double.NegativeInfinity))
            throw new ArgumentException("A feature is infinite; a missing value is NaN.", nameof(values));
        Columns = columns;
        Rows = values.Length / columns;
        _values = values;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>One value.</summary>
    public double this[int row, int column] => _values[row * Columns + column];

    /// <summary>One row.</summary>
    public ReadOnlySpan<double> Row(int row) => _values.AsSpan(row * Columns, Columns);

    /// <summary>The matrix of the given rows, in their order.</summary>
    public FeatureMatrix Select(ReadOnlySpan<int> rows)
    {
        var values = new double[rows.Length * Columns];
        for (var i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(values.AsSpan(i * Columns));
        return new FeatureMatrix(Columns, values);
    }
}
