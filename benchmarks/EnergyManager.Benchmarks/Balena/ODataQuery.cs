using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace EnergyManager.Benchmarks.Balena;

/// <summary>A table of the API: rows with plain fields, and links to rows of other tables by their identifier.</summary>
internal sealed class Resource(string name, params IEnumerable<string> fields)
{
    private readonly HashSet<string> _fields = new(fields, StringComparer.Ordinal);

    public string Name => name;

    public IReadOnlySet<string> Fields => _fields;

    public Dictionary<string, Resource> Links { get; } = new(StringComparer.Ordinal);

    public List<JsonObject> Rows { get; } = [];

    public void Check(string field)
    {
        if (!_fields.Contains(field) && !Links.ContainsKey(field))
            throw new ODataUnknownFieldException(field);
    }

    public JsonObject? Find(JsonNode? id) => id is null ? null : Rows.Find(row => row["id"]!.GetValue<long>() == id.GetValue<long>());
}

/// <summary>The options of a request for a list, applied to a table as the API does.</summary>
internal static class ODataQuery
{
    private static readonly string[] Known = ["$select", "$expand", "$filter", "$orderby", "$top", "$skip"];

    public static JsonNode Answer(Resource resource, IEnumerable<JsonObject> rows, IQueryCollection query, bool count)
    {
        if (query.Keys.FirstOrDefault(option => !Known.Contains(option, StringComparer.Ordinal)) is { } unknown)
            throw new ODataSyntaxException($"Malformed url: unknown option {unknown}");
        if (query.FirstOrDefault(option => option.Value.Count > 1).Key is { } twice)
            throw new ODataSyntaxException($"Malformed url: {twice} occurs twice");
        if (Text(query, "$filter") is { } filter)
            rows = rows.Where(ODataFilter.Parse(filter, resource));
        if (count)
            return new JsonObject { ["d"] = rows.Count() };
        rows = Ordered(resource, rows, Text(query, "$orderby"));
        var select = Select(resource, Text(query, "$select"));
        var expand = Expand(resource, Text(query, "$expand"));
        rows = rows.Skip(Whole(query, "$skip") ?? 0);
        if (Whole(query, "$top") is { } top)
            rows = rows.Take(top);
        return new JsonObject { ["d"] = new JsonArray([.. rows.Select(row => (JsonNode)Shape(resource, row, select, expand))]) };
    }

    private static JsonObject Shape(Resource resource, JsonObject row, IReadOnlyList<string>? select, Dictionary<string, IReadOnlyList<string>?> expand)
    {
        var shaped = new JsonObject();
        // The API puts what is expanded first.
        foreach (var (link, fields) in expand)
        {
            var target = resource.Links[link];
            shaped[link] = target.Find(row[link]) is { } linked ? new JsonArray(Shape(target, linked, fields, [])) : new JsonArray();
        }

        foreach (var field in select ?? [.. resource.Fields, .. resource.Links.Keys])
        {
            if (expand.ContainsKey(field) || field.StartsWith("is_directly_accessible", StringComparison.Ordinal))
                continue;
            shaped[field] = resource.Links.ContainsKey(field)
                ? row[field] is { } id ? new JsonObject { ["__id"] = id.DeepClone() } : null
                : row[field]?.DeepClone();
        }

        return shaped;
    }

    private static IReadOnlyList<string>? Select(Resource resource, string? text)
    {
        if (text is null)
            return null;
        var fields = text.Split(',');
        foreach (var field in fields)
        {
            if (field.Length == 0 || !field.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                throw new ODataSyntaxException("Malformed url: $select");
            resource.Check(field);
        }

        return fields;
    }

    // is_of__device_type($select=slug,name),belongs_to__application($select=id,slug,app_name)
    private static Dictionary<string, IReadOnlyList<string>?> Expand(Resource resource, string? text)
    {
        var expand = new Dictionary<string, IReadOnlyList<string>?>(StringComparer.Ordinal);
        foreach (var part in text is null ? [] : Parts(text))
        {
            var open = part.IndexOf('(', StringComparison.Ordinal);
            var link = open < 0 ? part : part[..open];
            var target = resource.Links.GetValueOrDefault(link) ?? throw new ODataUnknownFieldException(link);
            if (open < 0)
            {
                expand[link] = null;
                continue;
            }

            const string Option = "$select=";
            var inner = part[^1] == ')' ? part[(open + 1)..^1] : throw new ODataSyntaxException("Malformed url: $expand");
            if (!inner.StartsWith(Option, StringComparison.Ordinal))
                throw new ODataSyntaxException("Malformed url: only $select is taken within $expand");
            expand[link] = Select(target, inner[Option.Length..]);
        }

        return expand;
    }

    private static IEnumerable<string> Parts(string text)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] != ',' || depth != 0)
                continue;
            yield return text[start..i];
            start = i + 1;
        }

        if (depth != 0)
            throw new ODataSyntaxException("Malformed url: parentheses");
        yield return text[start..];
    }

    private static IEnumerable<JsonObject> Ordered(Resource resource, IEnumerable<JsonObject> rows, string? text)
    {
        if (text is null)
            return rows;
        if (text.Split(' ') is not [var field, "asc" or "desc"] words)
            throw new ODataSyntaxException("Malformed url: $orderby");
        resource.Check(field);
        var comparer = Comparer<JsonObject>.Create((a, b) => (a[field], b[field]) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            var (left, right) => ODataFilter.Order(left.AsValue(), right.AsValue()),
        });
        return words[1] == "asc" ? rows.Order(comparer) : rows.OrderDescending(comparer);
    }

    private static string? Text(IQueryCollection query, string option) =>
        !query.TryGetValue(option, out var value) ? null : value.ToString() is { Length: > 0 } text ? text : throw new ODataSyntaxException($"Malformed url: {option} is empty");

    private static int? Whole(IQueryCollection query, string option) =>
        Text(query, option) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ODataSyntaxException($"Malformed url: {option}");
}
