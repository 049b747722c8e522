using System.Globalization;

namespace EnergyManager.Web.Balena;

/// <summary>
/// OData queries, for example <c>device?$select=id,...&amp;$filter=belongs_to__application/any(a:a/slug eq 'org/fleet') and
/// is_online eq true&amp;$orderby=id asc&amp;$top=100&amp;$skip=0</c>, encoded.
/// </summary>
internal static class BalenaQuery
{
    public static string Of(string resource, params ReadOnlySpan<(string Option, string? Value)> options)
    {
        var parts = new List<string>();
        foreach (var (option, value) in options)
        {
            if (!string.IsNullOrEmpty(value))
                parts.Add($"{option}={Uri.EscapeDataString(value)}");
        }

        return parts.Count == 0 ? resource : $"{resource}?{string.Join('&', parts)}";
    }

    public static string? DeviceFilter(string? appSlug, bool onlineOnly)
    {
        List<string> filters = [];
        if (!string.IsNullOrWhiteSpace(appSlug))
            filters.Add($"belongs_to__application/any(a:a/slug eq {Text(appSlug.Trim())})");
        if (onlineOnly)
            filters.Add("is_online eq true");
        return filters.Count == 0 ? null : string.Join(" and ", filters);
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A text as OData writes it: within quotes, a quote written twice.</summary>
    public static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
