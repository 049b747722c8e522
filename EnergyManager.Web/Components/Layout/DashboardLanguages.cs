using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;

namespace EnergyManager.Web.Components.Layout;

/// <summary>A language of the dashboard.</summary>
/// <param name="Culture">Culture name, for example <c>vi</c>.</param>
/// <param name="Short">Two letters for the switch.</param>
/// <param name="Name">Its own name.</param>
public sealed record DashboardLanguage(string Culture, string Short, string Name);

/// <summary>The languages of the dashboard and the switch between them.</summary>
public static class DashboardLanguages
{
    /// <summary>The first is the one for browsers that prefer neither.</summary>
    public static IReadOnlyList<DashboardLanguage> All { get; } = [new("en", "EN", "English"), new("vi", "VI", "Tiếng Việt")];

    /// <summary>The language of the current request or circuit.</summary>
    public static DashboardLanguage Current =>
        All.FirstOrDefault(language => language.Culture == CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) ?? All[0];

    /// <summary>Remembers a language for a year and goes back to the page. The circuit starts anew in it.</summary>
    internal static Results<RedirectHttpResult, BadRequest<string>> Choose(HttpContext context, string? culture, string? path)
    {
        if (All.All(language => language.Culture != culture))
            return TypedResults.BadRequest($"culture: one of {string.Join(", ", All.Select(language => language.Culture))}.");

        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture!)),
            new CookieOptions { MaxAge = TimeSpan.FromDays(365), IsEssential = true, HttpOnly = true, SameSite = SameSiteMode.Lax });
        return TypedResults.LocalRedirect(IsLocal(path) ? "~" + path : "~/");
    }

    private static bool IsLocal(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("/\\", StringComparison.Ordinal);
}
