using EnergyManager.Core.Units;

namespace EnergyManager.Core.Recommendation;

/// <summary>What a recommended model must keep to. The defaults are those of the REST contract.</summary>
public sealed record RecommendationConstraints
{
    /// <summary>Most rows that can be asked for.</summary>
    public const int GreatestLimit = 1000;

    /// <summary>Greatest energy of the standard run.</summary>
    public Energy MaximumEnergy { get; init; } = Energy.FromMilliwattHours(100);

    /// <summary>Greatest artifact size in MB.</summary>
    public double MaximumSizeMb { get; init; } = 100;

    /// <summary>Greatest latency of one inference in seconds.</summary>
    public double MaximumLatencyS { get; init; } = 0.5;

    /// <summary>Least top-1 accuracy in percent; <c>null</c> asks nothing, and then models of unknown accuracy take part.</summary>
    public double? MinimumTop1 { get; init; }

    /// <summary>Most rows in the answer, from 1 to <see cref="GreatestLimit"/>.</summary>
    public int Limit { get; init; } = 10;

    /// <summary>Every constraint that makes no sense, by its name in requests.</summary>
    public IReadOnlyList<(string Field, string Message)> Validate()
    {
        var errors = new List<(string, string)>();
        if (!(MaximumEnergy.Joules > 0) || !double.IsFinite(MaximumEnergy.Joules))
            errors.Add(("max_energy", "must be a number of mWh greater than 0."));
        if (!(MaximumSizeMb > 0) || !double.IsFinite(MaximumSizeMb))
            errors.Add(("max_size", "must be a number of MB greater than 0."));
        if (!(MaximumLatencyS > 0) || !double.IsFinite(MaximumLatencyS))
            errors.Add(("max_latency", "must be a number of seconds greater than 0."));
        if (MinimumTop1 is { } top1 && !(top1 is >= 0 and <= 100))
            errors.Add(("min_top1", "must be a percentage from 0 to 100."));
        if (Limit is < 1 or > GreatestLimit)
            errors.Add(("limit", $"must be from 1 to {GreatestLimit}."));
        return errors;
    }
}
