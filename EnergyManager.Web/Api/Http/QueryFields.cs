using System.Globalization;

namespace EnergyManager.Web.Api.Http;

/// <summary>Reads query parameters and collects what is wrong with them.</summary>
internal sealed class QueryFields(IQueryCollection query, FieldErrors errors)
{
    /// <summary>The parameter, or <c>null</c> when missing or empty.</summary>
    public string? Text(string field, int maximumLength = 256)
    {
        if (!query.TryGetValue(field, out var values))
            return null;
        if (values.Count > 1)
        {
            errors.Add(field, "Give it once.");
            return null;
        }

        var text = values.ToString().Trim();
        if (text.Length > maximumLength)
        {
            errors.Add(field, string.Create(CultureInfo.InvariantCulture, $"Give at most {maximumLength} characters."));
            return null;
        }

        return text.Length == 0 ? null : text;
    }

    /// <summary>A finite number greater than 0.</summary>
    public double? Positive(string field, string unit)
    {
        if (Text(field) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number > 0)
            return number;
        errors.Add(field, $"Give a number greater than 0 ({unit}).");
        return null;
    }

    /// <summary>A finite number from 0 to <paramref name="maximum"/>.</summary>
    public double? UpTo(string field, double maximum, string unit)
    {
        if (Text(field) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= maximum)
            return number;
        errors.Add(field, string.Create(CultureInfo.InvariantCulture, $"Give a number from 0 to {maximum} ({unit})."));
        return null;
    }

    /// <summary>A whole number from 1 to <paramref name="maximum"/>.</summary>
    public int? Count(string field, int maximum)
    {
        if (Text(field) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= maximum)
            return number;
        errors.Add(field, string.Create(CultureInfo.InvariantCulture, $"Give a whole number from 1 to {maximum}."));
        return null;
    }

    /// <summary><c>true</c>, <c>false</c>, <c>1</c> or <c>0</c>; false when missing.</summary>
    public bool Flag(string field)
    {
        switch (Text(field)?.ToLowerInvariant())
        {
            case null or "false" or "0":
                return false;
            case "true" or "1":
                return true;
            default:
                errors.Add(field, "Give true or false.");
                return false;
        }
    }

    /// <summary>A time as ISO 8601 (<c>2026-03-01T12:00:00Z</c>; UTC when it names no offset) or seconds since 1970.</summary>
    public DateTimeOffset? Time(string field)
    {
        if (Text(field) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        // A '+' that the caller did not encode arrives as a space.
        if (DateTimeOffset.TryParse(
            text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time;
        errors.Add(field, "Give a time as ISO 8601 (2026-03-01T12:00:00Z) or as seconds since 1970.");
        return null;
    }

    /// <summary>A length of time in seconds, or with a unit: <c>10</c>, <c>10s</c>, <c>1m</c>, <c>1h</c>, <c>1d</c>.</summary>
    public TimeSpan? Duration(string field, TimeSpan maximum)
    {
        if (Text(field) is not { } text)
            return null;
        var unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        var digits = unit == 0 ? text : text[..^1];
        if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * Math.Max(unit, 1) is var seconds && seconds >= 1 && seconds <= maximum.TotalSeconds)
            return TimeSpan.FromSeconds(seconds);
        errors.Add(field, string.Create(
            CultureInfo.InvariantCulture, $"Give seconds, or a number with s, m, h or d, from 1s to {maximum.TotalDays:0}d."));
        return null;
    }
}
