using System.Globalization;
using EnergyManager.Web.Components.Fleet;
using EnergyManager.Web.Components.Layout;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Components.Shell;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Options;
using MudBlazor;
using MudBlazor.Services;

namespace EnergyManager.Web.Components;

/// <summary>Registers and maps the Blazor Server dashboard.</summary>
internal static class DashboardHosting
{
    public static void AddDashboard(this WebApplicationBuilder builder)
    {
        builder.Services.AddLocalization();
        builder.Services.AddSingleton<OfflinePage>();
        builder.Services.AddSingleton<IFleetOverview, FleetOverview>();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddOptions<CircuitOptions>().Configure<IOptions<ManagerOptions>>((circuits, manager) =>
        {
            circuits.DisconnectedCircuitMaxRetained = manager.Value.Caps.DisconnectedCircuits;
            circuits.DisconnectedCircuitRetentionPeriod = manager.Value.Caps.DisconnectedCircuitRetention;
        });
        // For files of libraries only: pages hold secrets, which compression could give away.
        builder.Services.AddResponseCompression(options => options.EnableForHttps = true);
        builder.Services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            options.SnackbarConfiguration.VisibleStateDuration = 6000;
            options.SnackbarConfiguration.MaxDisplayedSnackbars = 4;
        });
        builder.Services.AddScoped<RollbackQuestion>();
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
        app.UseErrorPage(IsPageRequest);
        // An address that leads nowhere shows the page that says so to people; programs get their bare status.
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!IsPageRequest(context) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
                pages.Enabled = false;
            return next(context);
        });
        // The build compresses the product's own files, but not those of packages under the names that the pages ask for.
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/_content"), files => files.UseResponseCompression());
        app.UseAntiforgery();
        app.MapStaticAssets();
        OfflinePage.Map(app);
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
