using System.Collections.Immutable;
using System.Globalization;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// For each feature, whether a prediction may only rise (+1) or only fall (-1) along it, or both (0). Equal by value. Rows
/// without a value of the feature are on neither side of its thresholds' order, and are not constrained.
/// </summary>
public sealed class MonotoneConstraints : IEquatable<MonotoneConstraints>
{
    private readonly ImmutableArray<int> _directions;

    /// <summary>The constraints of all features, in order.</summary>
    /// <param name="directions">-1, 0 or +1 for each feature.</param>
    /// <exception cref="ArgumentOutOfRangeException">A direction is none of these.</exception>
    public MonotoneConstraints(params ReadOnlySpan<int> directions)
    {
        foreach (var direction in directions)
        {
            if (direction is < -1 or > 1)
                throw new ArgumentOutOfRangeException(nameof(directions), direction, "A direction must be -1, 0 or +1.");
        }
        _directions = [.. directions];
    }

    /// <summary>Number of features.</summary>
    public int Features => _directions.Length;

    /// <summary>Direction of a feature: -1, 0 or +1.</summary>
    public int this[int feature] => _directions[feature];

    /// <inheritdoc/>
    public bool Equals(MonotoneConstraints? other) => other is not null && _directions.AsSpan().SequenceEqual(other._directions.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MonotoneConstraints);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The directions, for example <c>1,0,-1</c>: part of the hash of the settings.</summary>
    public override string ToString() => string.Join(',', _directions.Select(d => d.ToString(CultureInfo.InvariantCulture)));
}
