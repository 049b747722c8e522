using System.Text.Json.Serialization;

namespace EnergyManager.Web.Components.Layout;

/// <summary>What the visitor wants to see.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ThemeMode>))]
public enum ThemeMode
{
    /// <summary>As the operating system says.</summary>
    System,

    /// <summary>Always light.</summary>
    Light,

    /// <summary>Always dark.</summary>
    Dark,
}

/// <summary>The theme as a cookie remembers it, so that the first byte of a page already has the right colours.</summary>
/// <param name="Mode">What was chosen.</param>
/// <param name="Dark">What that came to when it was last seen.</param>
public sealed record ThemePreference(ThemeMode Mode, bool Dark)
{
    /// <summary>Name of the cookie.</summary>
    public const string Cookie = "em-theme";

    /// <summary>Nothing was chosen.</summary>
    public static ThemePreference Default { get; } = new(ThemeMode.System, false);

    /// <summary>The cookie's value: <c>system.dark</c>, <c>light.light</c>, ...</summary>
    public string Format() => $"{Mode.ToString().ToLowerInvariant()}.{(Dark ? "dark" : "light")}";

    /// <summary>Reads a cookie's value; anything else is the default.</summary>
    public static ThemePreference Parse(string? cookie) => cookie switch
    {
        "system.dark" => new(ThemeMode.System, true),
        "light.light" => new(ThemeMode.Light, false),
        "dark.dark" => new(ThemeMode.Dark, true),
        _ => Default,
    };

    /// <summary>The choice after this one, round and round: system, light, dark.</summary>
    public ThemeMode Next => Mode switch
    {
        ThemeMode.System => ThemeMode.Light,
        ThemeMode.Light => ThemeMode.Dark,
        _ => ThemeMode.System,
    };
}
