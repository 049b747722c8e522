using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;

namespace EnergyManager.Web.Components.Formatting;

/// <summary>Writes how long something took or takes, from milliseconds to days.</summary>
public static class Lasting
{
    /// <summary>In the unit that suits it: <c>340 ms</c>, <c>4.2 s</c>, <c>3 min 5 s</c>, <c>2 h 10 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Of(IStringLocalizer<Texts> L, TimeSpan length)
    {
        ArgumentNullException.ThrowIfNull(L);
        return length switch
        {
            { TotalSeconds: < 1 } => Figures.Milliseconds(Math.Max(0, Math.Round(length.TotalMilliseconds))),
            { TotalMinutes: < 1 } => Figures.WithUnit(length.TotalSeconds, "s"),
            { TotalHours: < 1 } => L["Lasting_Minutes", length.Minutes, length.Seconds],
            { TotalDays: < 1 } => L["Lasting_Hours", length.Hours, length.Minutes],
            _ => L["Lasting_Days", (int)length.TotalDays, length.Hours],
        };
    }
}
