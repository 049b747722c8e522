using System.Globalization;
using MudBlazor;

namespace EnergyManager.Web.Components.Formatting;

/// <summary>
/// Writes figures with their unit in the visitor's culture. A figure that is not there is a dash, never a zero.
/// </summary>
public static class Figures
{
    /// <summary>What stands for a figure that is not there.</summary>
    public const string None = "–";

    /// <summary>Screen keyboard for figures: digits with a decimal separator.</summary>
    public const InputMode DecimalKeys = InputMode.@decimal;

    /// <summary>Energy, for example <c>58.3 mWh</c>.</summary>
    public static string Mwh(double? mwh) => WithUnit(mwh, "mWh");

    /// <summary>Energy of one inference, for example <c>420 mJ</c>.</summary>
    public static string Mj(double? millijoules) => WithUnit(millijoules, "mJ");

    /// <summary>Power, for example <c>4.21 W</c>.</summary>
    public static string Watts(double? watts) => WithUnit(watts, "W");

    /// <summary>Duration in milliseconds, for example <c>12.4 ms</c>.</summary>
    public static string Milliseconds(double? ms) => WithUnit(ms, "ms");

    /// <summary>Temperature, for example <c>48.2 °C</c>.</summary>
    public static string Celsius(double? celsius) => celsius is { } c && double.IsFinite(c) ? Fixed(c, 1) + " °C" : None;

    /// <summary>Rate, for example <c>4.98 /s</c>.</summary>
    public static string PerSecond(double? rate) => WithUnit(rate, "/s");

    /// <summary>Percentage of 100, for example <c>12.5 %</c>.</summary>
    public static string Percent(double? percent) => percent is { } p && double.IsFinite(p) ? Fixed(p, 1) + " %" : None;

    /// <summary>Fraction as a percentage, for example 0.109 as <c>10.9 %</c>.</summary>
    public static string Fraction(double? fraction) => Percent(fraction * 100);

    /// <summary>Size, for example <c>4.96 MB</c>; MB are 10^6 bytes.</summary>
    public static string Megabytes(double? megabytes) => WithUnit(megabytes, "MB");

    /// <summary>Size from bytes.</summary>
    public static string Bytes(long? bytes) => Megabytes(bytes / 1e6);

    /// <summary>Size from bytes where it fills gigabytes, for example <c>3.4 GB</c>; GB are 10^9 bytes.</summary>
    public static string Gigabytes(double? gigabytes) => gigabytes is { } g && double.IsFinite(g) ? Fixed(g, 1) + " GB" : None;

    /// <summary>Number of things, thousands grouped, for example <c>12,480</c>.</summary>
    public static string Count(long? count) => count?.ToString("N0", CultureInfo.CurrentCulture) ?? None;

    /// <summary>Bound of a class or mark on an axis: as many decimals as it has, at most so many.</summary>
    public static string Bound(double value, int decimals) =>
        double.IsFinite(value) ? value.ToString("0." + new string('#', decimals), CultureInfo.CurrentCulture) : None;

    /// <summary>A difference with its sign, in percent of 100, for example <c>+12.5 %</c>.</summary>
    public static string SignedPercent(double? percent) => (percent > 0 ? "+" : "") + Percent(percent);

    /// <summary>About three significant digits, thousands grouped.</summary>
    public static string Number(double? value) =>
        value is { } v && double.IsFinite(v) ? Fixed(v, Decimals(v)) : None;

    /// <summary>A number with a unit after a no-break space.</summary>
    public static string WithUnit(double? value, string unit) =>
        value is { } v && double.IsFinite(v) ? Fixed(v, Decimals(v)) + " " + unit : None;

    private static int Decimals(double value) => Math.Abs(value) switch
    {
        0 => 0,
        >= 99.95 => 0,
        >= 9.995 => 1,
        >= 0.9995 => 2,
        _ => 3,
    };

    private static string Fixed(double value, int decimals) =>
        value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.CurrentCulture);
}
