using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Components.Panels;

/// <summary>Which models the library shows.</summary>
public enum LibraryFilter
{
    /// <summary>Every model.</summary>
    All,

    /// <summary>The models that are within budget and constraints, best first.</summary>
    Recommended,

    /// <summary>Standard run below 50 mWh.</summary>
    Under50,

    /// <summary>Artifact below 30 MB.</summary>
    Under30,
}

/// <summary>What the library is sorted by.</summary>
public enum LibrarySort
{
    /// <summary>Rank of the recommendation.</summary>
    Rank,

    /// <summary>Name.</summary>
    Model,

    /// <summary>Energy of the standard run.</summary>
    Energy,

    /// <summary>Latency.</summary>
    Latency,

    /// <summary>Artifact size.</summary>
    Size,

    /// <summary>Parameters.</summary>
    Params,

    /// <summary>Multiply-accumulates.</summary>
    Gmacs,

    /// <summary>Top-1 accuracy.</summary>
    Top1,
}

/// <summary>Search, filter and order of the library: plain list arithmetic.</summary>
public static class LibraryView
{
    /// <summary>The rows to show.</summary>
    /// <param name="models">Every model, or the recommended ones.</param>
    /// <param name="search">Words that must all occur in the name; empty for no search.</param>
    /// <param name="filter">Filter.</param>
    /// <param name="sort">Order.</param>
    /// <param name="descending">Whether the order is turned around. Models without the figure are last either way.</param>
    public static IReadOnlyList<ModelView> Apply(IReadOnlyList<ModelView> models, string? search, LibraryFilter filter, LibrarySort sort, bool descending)
    {
        ArgumentNullException.ThrowIfNull(models);
        var words = new SearchWords(search);
        var shown = models
            .Where(model => words.Match(model.Model))
            .Where(model => filter switch
            {
                LibraryFilter.Under50 => model.EnergyMwh < 50,
                LibraryFilter.Under30 => model.SizeMb < 30,
                _ => true,
            });
        if (sort == LibrarySort.Model)
        {
            return descending
                ? [.. shown.OrderByDescending(model => model.Model, StringComparer.OrdinalIgnoreCase)]
                : [.. shown.OrderBy(model => model.Model, StringComparer.OrdinalIgnoreCase)];
        }

        var known = shown.OrderBy(model => Figure(model, sort) is null);
        return descending
            ? [.. known.ThenByDescending(model => Figure(model, sort)).ThenBy(model => model.Model, StringComparer.OrdinalIgnoreCase)]
            : [.. known.ThenBy(model => Figure(model, sort)).ThenBy(model => model.Model, StringComparer.OrdinalIgnoreCase)];
    }

    private static double? Figure(ModelView model, LibrarySort sort) => sort switch
    {
        LibrarySort.Rank => model.Rank,
        LibrarySort.Energy => model.EnergyMwh,
        LibrarySort.Latency => model.LatencyAvgS,
        LibrarySort.Size => model.SizeMb,
        LibrarySort.Params => model.ParamsM,
        LibrarySort.Gmacs => model.Gmacs,
        LibrarySort.Top1 => model.Top1,
        _ => null,
    };
}
