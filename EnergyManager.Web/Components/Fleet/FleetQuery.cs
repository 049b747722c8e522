using EnergyManager.Web.Components.Formatting;
using Microsoft.AspNetCore.WebUtilities;

namespace EnergyManager.Web.Components.Fleet;

/// <summary>Which devices are shown.</summary>
public enum FleetFilter
{
    All,
    Online,
    Offline,
    Deploying,
    OverBudget,
    NoSensor,
    Attention,
}

/// <summary>By what they are ordered.</summary>
public enum FleetSort
{
    Name,
    State,
    Model,
    Power,
    Energy,
    Latency,
    Temperature,
}

/// <summary>What a visitor asks of the fleet, as the address of the page says it.</summary>
/// <param name="Filter">Which devices.</param>
/// <param name="Text">Words that name, type, identifier or model of a device must contain, all of them.</param>
/// <param name="Sort">Order.</param>
/// <param name="Descending">Whether the order is turned round; devices without the figure stay last.</param>
public sealed record FleetQuery(FleetFilter Filter = FleetFilter.All, string Text = "", FleetSort Sort = FleetSort.Name, bool Descending = false)
{
    /// <summary>Longest search that is read from an address.</summary>
    public const int MaximumText = 100;

    private static readonly string[] States = ["deploying", "running", "idle", "stale", "offline"];

    /// <summary>Reads an address, for example <c>/fleet?show=attention&amp;q=nano&amp;sort=power&amp;order=desc</c>. What cannot be read is the default.</summary>
    public static FleetQuery Parse(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var query = QueryHelpers.ParseQuery(address.Query);
        string Part(string name) => query.TryGetValue(name, out var value) ? value.ToString() : "";
        var text = Part("q");
        return new FleetQuery(Word<FleetFilter>(Part("show")), text.Length > MaximumText ? text[..MaximumText] : text, Word<FleetSort>(Part("sort")), Part("order") == "desc");

        static T Word<T>(string text)
            where T : struct, Enum =>
            Enum.GetValues<T>().FirstOrDefault(value => value.ToString().Equals(text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Parts of the address; <c>null</c> for what is the default, so that a plain page has a plain address.</summary>
    public IReadOnlyDictionary<string, object?> Write() => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["show"] = Filter == FleetFilter.All ? null : Filter.ToString().ToLowerInvariant(),
        ["q"] = string.IsNullOrWhiteSpace(Text) ? null : Text.Trim(),
        ["sort"] = Sort == FleetSort.Name ? null : Sort.ToString().ToLowerInvariant(),
        ["order"] = Descending ? "desc" : null,
    };

    /// <summary>The same with another order: figures begin with the greatest, words with the first; asked again it turns round.</summary>
    public FleetQuery By(FleetSort sort) =>
        this with { Sort = sort, Descending = sort == Sort ? !Descending : sort is FleetSort.Power or FleetSort.Energy or FleetSort.Latency or FleetSort.Temperature };

    /// <summary>The devices that are asked for, in order.</summary>
    public IReadOnlyList<FleetRow> Apply(IReadOnlyList<FleetRow> rows)
    {
        var found = Find(rows);
        var ordered = Sort switch
        {
            FleetSort.Name => Words(found, row => row.Name),
            FleetSort.Model => Words(found, row => row.Model),
            FleetSort.State => Figures(found, row => Array.IndexOf(States, row.State)),
            FleetSort.Power => Figures(found, row => row.PowerW),
            FleetSort.Energy => Figures(found, row => row.EnergyMwh),
            FleetSort.Latency => Figures(found, row => row.LatencyMs),
            _ => Figures(found, row => row.TemperatureC),
        };
        return [.. ordered.ThenBy(row => row.Name, StringComparer.CurrentCultureIgnoreCase).ThenBy(row => row.DeviceId, StringComparer.Ordinal)];
    }

    /// <summary>The devices that are asked for, in the order in which they come.</summary>
    public IEnumerable<FleetRow> Find(IReadOnlyList<FleetRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var words = new SearchWords(Text);
        return rows.Where(row => Has(row, Filter) && words.Match(row.Name, row.DeviceType, row.DeviceId, row.Model, row.Coming));
    }

    /// <summary>Whether a device belongs to a group.</summary>
    public static bool Has(FleetRow row, FleetFilter filter)
    {
        ArgumentNullException.ThrowIfNull(row);
        return filter switch
        {
            FleetFilter.Online => row.Online,
            FleetFilter.Offline => !row.Online,
            FleetFilter.Deploying => row.Coming is not null,
            FleetFilter.OverBudget => row.Trouble.HasFlag(FleetTrouble.OverBudget),
            FleetFilter.NoSensor => !row.HasPowerSensor,
            FleetFilter.Attention => row.Trouble != FleetTrouble.None,
            _ => true,
        };
    }

    private IOrderedEnumerable<FleetRow> Words(IEnumerable<FleetRow> rows, Func<FleetRow, string?> key)
    {
        var known = rows.OrderBy(row => key(row) is null);
        return Descending ? known.ThenByDescending(key, StringComparer.CurrentCultureIgnoreCase) : known.ThenBy(key, StringComparer.CurrentCultureIgnoreCase);
    }

    private IOrderedEnumerable<FleetRow> Figures(IEnumerable<FleetRow> rows, Func<FleetRow, double?> key)
    {
        var known = rows.OrderBy(row => key(row) is null);
        return Descending ? known.ThenByDescending(key) : known.ThenBy(key);
    }
}
