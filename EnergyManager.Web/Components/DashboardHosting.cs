using System.Globalization;
using EnergyManager.Web.Components.Layout;
using Microsoft.AspNetCore.Diagnostics;
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
        // An address that leads nowhere shows the page that says so to people; programs get their bare status.
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!IsPageRequest(context) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
                pages.Enabled = false;
            return next(context);
        });
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapGet("/language", DashboardLanguages.Choose).ExcludeFromDescription();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }

    private static bool IsPageRequest(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !context.Request.Path.StartsWithSegments("/api")
        && !context.Request.Path.StartsWithSegments("/models")
        && !context.Request.Path.StartsWithSegments("/hubs");
}
