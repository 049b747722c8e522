using System.Globalization;

namespace EnergyManager.Web.Components.Formatting;

/// <summary>
/// Writes moments as the visitor's clock shows them. The server may stand in another time zone than the browser that looks at
/// it; the browser says its own through a cookie.
/// </summary>
/// <param name="Zone">Time zone of the visitor.</param>
public sealed record VisitorTime(TimeZoneInfo Zone)
{
    /// <summary>Name of the cookie.</summary>
    public const string Cookie = "em-zone";

    // The longest IANA name has 32 characters.
    private const int MaximumLength = 80;

    /// <summary>Widest offset of civil time, and what <see cref="TimeZoneInfo"/> takes.</summary>
    private const int MaximumOffsetMinutes = 14 * 60;

    /// <summary>Where nothing is known of the visitor: the server's own time zone.</summary>
    public static VisitorTime Default { get; } = new(TimeZoneInfo.Local);

    /// <summary>
    /// Reads what the browser says: IANA name and present minutes east of UTC, for example <c>Asia/Ho_Chi_Minh|420</c>. A name
    /// that the server's time zone data does not have gives way to the offset; what cannot be read is the default.
    /// </summary>
    public static VisitorTime Parse(string? said)
    {
        if (said is not { Length: > 0 and <= MaximumLength } || said.Split('|') is not [var name, var offset])
            return Default;
        // The name becomes a path of the time zone data.
        if (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') && name[0] != '/'
            && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            return new VisitorTime(zone);
        return int.TryParse(offset, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes) && minutes is >= -MaximumOffsetMinutes and <= MaximumOffsetMinutes
            ? new VisitorTime(TimeZoneInfo.CreateCustomTimeZone("visitor", TimeSpan.FromMinutes(minutes), null, null))
            : Default;
    }

    /// <summary>Time of day with seconds.</summary>
    public string Clock(DateTimeOffset time) => Write(time, "HH:mm:ss");

    /// <summary>Time of day without seconds.</summary>
    public string HourAndMinute(DateTimeOffset time) => Write(time, "HH:mm");

    /// <summary>Day and month.</summary>
    public string Date(DateTimeOffset time) => Write(time, "dd/MM");

    /// <summary>Date and time of day with seconds.</summary>
    public string Moment(DateTimeOffset time) => Write(time, "G");

    /// <summary>Date and time of day.</summary>
    public string DateAndTime(DateTimeOffset time) => Write(time, "g");

    /// <summary>Full hour of a day that is the visitor's already, for example <c>07:00</c>.</summary>
    public static string FullHour(int hour) => new TimeOnly(hour, 0).ToString("HH:mm", CultureInfo.CurrentCulture);

    /// <summary>Day of the week, day and month of a day that is the visitor's already.</summary>
    public static string Weekday(DateOnly day) => day.ToString("ddd dd/MM", CultureInfo.CurrentCulture);

    private string Write(DateTimeOffset time, string format) => TimeZoneInfo.ConvertTime(time, Zone).ToString(format, CultureInfo.CurrentCulture);
}
