using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;

namespace EnergyManager.Web.Components.Device;

/// <summary>Says how long something lasts already.</summary>
public static class Ages
{
    /// <summary>In the largest unit that it fills: minutes, hours or days. A clock that is behind says nothing negative.</summary>
    public static string Of(IStringLocalizer<Texts> L, TimeSpan age)
    {
        ArgumentNullException.ThrowIfNull(L);
        return age.TotalDays >= 1 ? L["Health_Days", Figures.Number(age.TotalDays)]
            : age.TotalHours >= 1 ? L["Health_Hours", Figures.Number(age.TotalHours)]
            : L["Health_Minutes", Math.Max(0, (int)age.TotalMinutes)];
    }
}
