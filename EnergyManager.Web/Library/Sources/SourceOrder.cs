namespace EnergyManager.Web.Library.Sources;

/// <summary>The sources in the order of <see cref="SourceOptions.Order"/>.</summary>
internal static class SourceOrder
{
    /// <summary>Sorts the sources; one that the order does not name is not asked.</summary>
    /// <exception cref="StartupException">The order names a source that does not exist, or one twice.</exception>
    public static IReadOnlyList<IArtifactSource> Of(IEnumerable<IArtifactSource> sources, string order)
    {
        var known = sources.ToDictionary(source => source.Key, StringComparer.OrdinalIgnoreCase);
        var names = order.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.FirstOrDefault(name => !known.ContainsKey(name)) is { } unknown)
            throw new StartupException($"EnergyManager:Sources:Order names '{unknown}'. Known are {string.Join(", ", known.Keys)}.");
        if (names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length)
            throw new StartupException("EnergyManager:Sources:Order names a source twice.");
        return [.. names.Select(name => known[name])];
    }
}
