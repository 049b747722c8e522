using EnergyManager.Web.Api;
using EnergyManager.Web.Components;
using EnergyManager.Web.Fleet;

namespace EnergyManager.Web;

/// <summary>Puts the server together. Each feature registers and maps itself; this is the list of them.</summary>
internal static class ServerHost
{
    /// <summary>The server, ready to run.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseStaticWebAssets();
        builder.Services.Configure<ManagerOptions>(builder.Configuration.GetSection(ManagerOptions.Section));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddFleet();
        builder.AddApi();
        builder.AddDashboard();

        var app = builder.Build();
        app.UseFleet();
        app.MapApi();
        app.MapDashboard();
        return app;
    }
}
