using System.Globalization;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Library;
using Microsoft.AspNetCore.WebUtilities;

namespace EnergyManager.Web.Components.Panels;

/// <summary>What a visitor asks of the library, as the address of the page says it: it can be shared and loaded again.</summary>
/// <param name="Filter">Which models are shown.</param>
/// <param name="BudgetMwh">Budget of the standard run in mWh, or <c>null</c> for none.</param>
/// <param name="Constraints">The other limits.</param>
public sealed record LimitsInAddress(LibraryFilter Filter, double? BudgetMwh, ModelConstraints Constraints)
{
    private const string NoBudget = "none";

    /// <summary>What a page without any of it in its address asks.</summary>
    public static LimitsInAddress Default { get; } = new(LibraryFilter.All, new ModelConstraints().MaxEnergyMwh, new ModelConstraints { Limit = 50 });

    /// <summary>Reads an address, for example <c>/?filter=recommended&amp;budget=40.5&amp;min_top1=70</c>. What cannot be read is the default.</summary>
    public static LimitsInAddress Parse(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var query = QueryHelpers.ParseQuery(address.Query);
        var limits = Default.Constraints;
        return new LimitsInAddress(
            Word<LibraryFilter>("filter") ?? Default.Filter,
            query.TryGetValue("budget", out var budget) && budget == NoBudget ? null : Number("budget", 1_000_000) ?? Default.BudgetMwh,
            limits with
            {
                MaxSizeMb = Number("max_size", 100_000) ?? limits.MaxSizeMb,
                MaxLatencyS = Number("max_latency", 600) ?? limits.MaxLatencyS,
                MinTop1 = Number("min_top1", 100) ?? limits.MinTop1,
                MaxMemoryMb = Number("max_memory", 1_000_000) ?? limits.MaxMemoryMb,
                Readiness = Word<ExecutionReadiness>("executable") ?? limits.Readiness,
            });

        double? Number(string name, double most) =>
            query.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value > 0 && value <= most ? value : null;

        T? Word<T>(string name)
            where T : struct, Enum =>
            query.TryGetValue(name, out var text) && Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text.ToString()[0]) ? value : null;
    }

    /// <summary>Parts of the address; <c>null</c> for what is the default, so that a plain page has a plain address.</summary>
    public IReadOnlyDictionary<string, object?> Write()
    {
        var limits = Default.Constraints;
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["filter"] = Filter == Default.Filter ? null : Filter.ToString().ToLowerInvariant(),
            ["budget"] = BudgetMwh is null ? NoBudget : Changed(BudgetMwh, Default.BudgetMwh),
            ["max_size"] = Changed(Constraints.MaxSizeMb, limits.MaxSizeMb),
            ["max_latency"] = Changed(Constraints.MaxLatencyS, limits.MaxLatencyS),
            ["min_top1"] = Changed(Constraints.MinTop1, limits.MinTop1),
            ["max_memory"] = Changed(Constraints.MaxMemoryMb, limits.MaxMemoryMb),
            ["executable"] = Constraints.Readiness == limits.Readiness ? null : Constraints.Readiness.ToString().ToLowerInvariant(),
        };

        static string? Changed(double? value, double? standard) => value is { } v && !v.Equals(standard) ? v.ToString("R", CultureInfo.InvariantCulture) : null;
    }
}
