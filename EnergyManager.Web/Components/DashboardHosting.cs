using System.Globalization;
using EnergyManager.Web.Components.Layout;
using Microsoft.AspNetCore.Localization;
using MudBlazor;
using MudBlazor.Services;

namespace EnergyManager.Web.Components;

/// <summary>Registers and maps the Blazor Server dashboard.</summary>
internal static class DashboardHosting
{
    public static void AddDashboard(this WebApplicationBuilder builder)
    {
        builder.Services.AddLocalization();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            options.SnackbarConfiguration.VisibleStateDuration = 6000;
            options.SnackbarConfiguration.MaxDisplayedSnackbars = 4;
        });
        builder.Services.Configure<RequestLocalizationOptions>(options =>
        {
            var cultures = DashboardLanguages.All.Select(language => CultureInfo.GetCultureInfo(language.Culture)).ToList();
            options.DefaultRequestCulture = new RequestCulture(cultures[0]);
            options.SupportedCultures = cultures;
            options.SupportedUICultures = cultures;
            // The cookie is what the visitor chose, the header what the browser prefers; a query string would be shared with links.
            options.RequestCultureProviders = [new CookieRequestCultureProvider(), new AcceptLanguageHeaderRequestCultureProvider()];
        });
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.UseRequestLocalization();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapGet("/language", DashboardLanguages.Choose).ExcludeFromDescription();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
