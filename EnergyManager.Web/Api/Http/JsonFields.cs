using System.Globalization;
using System.Text.Json;

namespace EnergyManager.Web.Api.Http;

/// <summary>
/// Reads the members of one JSON object with their snake_case names and collects what is wrong with them. A member that is
/// <c>null</c> counts as missing.
/// </summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly FieldErrors _errors;
    private readonly string _prefix;

    /// <summary>Starts reading an object.</summary>
    /// <param name="element">The object; anything else is an error.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="prefix">Put before field names in errors: <c>[3].</c> for an item of an array.</param>
    public JsonFields(JsonElement element, FieldErrors errors, string prefix = "")
    {
        _errors = errors;
        _prefix = prefix;
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(prefix.Length == 0 ? "body" : prefix.TrimEnd('.'), $"Send a JSON object, not {Name(element.ValueKind)}.");
            return;
        }

        IsObject = true;
        foreach (var member in element.EnumerateObject())
            _members[member.Name] = member.Value;
    }

    public bool IsObject { get; }

    /// <summary>Members that nothing asked for.</summary>
    public IEnumerable<string> Unknown => _members.Keys.Where(name => !_asked.Contains(name)).Order(StringComparer.Ordinal);

    public void Fail(string field, string message) => _errors.Add(_prefix + field, message);

    /// <summary>The name as errors show it.</summary>
    public string Qualify(string field) => _prefix + field;

    public bool TryGet(string field, out JsonElement value)
    {
        _asked.Add(field);
        return _members.TryGetValue(field, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>A finite number greater than 0, or <c>null</c> when missing or wrong.</summary>
    public double? Positive(string field, string unit)
    {
        if (!TryGet(field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
        {
            if (double.IsFinite(number) && number > 0)
                return number;
            Fail(field, $"Give a number greater than 0 ({unit}); {Shorten(value)} is not.");
            return null;
        }

        Fail(field, $"Give a number greater than 0 ({unit}), not {Name(value.ValueKind)}.");
        return null;
    }

    /// <summary>A whole number from 1 to <paramref name="maximum"/>, or <c>null</c> when missing or wrong.</summary>
    public int? Count(string field, int maximum)
    {
        if (!TryGet(field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            && number >= 1 && number <= maximum && Math.Floor(number).Equals(number))
            return (int)number;
        Fail(field, string.Create(CultureInfo.InvariantCulture, $"Give a whole number from 1 to {maximum}."));
        return null;
    }

    /// <summary>A text that is not empty, or <c>null</c> when missing or wrong.</summary>
    public string? Text(string field, int maximumLength = 256)
    {
        if (!TryGet(field, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
        {
            Fail(field, $"Give a text, not {Name(value.ValueKind)}.");
            return null;
        }

        string? text;
        try
        {
            text = value.GetString()!.Trim();
        }
        catch (InvalidOperationException)
        {
            Fail(field, "The text is not valid Unicode.");
            return null;
        }

        if (text.Length is 0 || text.Length > maximumLength)
        {
            Fail(field, string.Create(CultureInfo.InvariantCulture, $"Give a text of 1 to {maximumLength} characters."));
            return null;
        }

        return text;
    }

    /// <summary>A list of texts that are not empty, or <c>null</c> when missing or wrong.</summary>
    public IReadOnlyList<string>? Texts(string field, int maximumCount, int maximumLength)
    {
        if (!TryGet(field, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(field, $"Give an array of texts, not {Name(value.ValueKind)}.");
            return null;
        }

        if (value.GetArrayLength() is var count && (count == 0 || count > maximumCount))
        {
            Fail(field, string.Create(CultureInfo.InvariantCulture, $"Give 1 to {maximumCount} texts; there are {count}."));
            return null;
        }

        var texts = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetRawText().Length > maximumLength * 6 || item.GetString()!.Trim() is not { Length: > 0 } text || text.Length > maximumLength)
            {
                Fail(field, string.Create(CultureInfo.InvariantCulture, $"Each is a text of 1 to {maximumLength} characters; {Shorten(item)} is not."));
                return null;
            }

            texts.Add(text);
        }

        return texts;
    }

    /// <summary><c>true</c> or <c>false</c>; false when missing.</summary>
    public bool Flag(string field)
    {
        if (!TryGet(field, out var value))
            return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Fail(field, "Give true or false.");
        return false;
    }

    public static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    private static string Shorten(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 32 ? text : text[..32] + "...";
    }
}
