using EnergyManager.Web.Api;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Security;
using Microsoft.AspNetCore.Connections;

namespace EnergyManager.Web;

/// <summary>Puts the server together. Each feature registers and maps itself; this is the list of them.</summary>
internal static class ServerHost
{
    /// <summary>Runs the server until it is stopped.</summary>
    /// <exception cref="StartupException">It must not or cannot start as it is configured.</exception>
    public static async Task RunAsync(string[] args)
    {
        await using var app = Build(args);
        BindGuard.Check(app.Configuration, app.Services.GetRequiredService<Passwords>());
        try
        {
            await app.StartAsync();
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            throw new StartupException($"{failure.Message.TrimEnd('.')}. Stop what listens there, or start with --urls http://localhost:<another port>.", failure);
        }

        await app.WaitForShutdownAsync();
    }

    /// <summary>The server, ready to run.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // Settings and web assets lie beside the program, wherever it is started from.
            ContentRootPath = args.Any(arg => arg.StartsWith("--contentRoot", StringComparison.OrdinalIgnoreCase)) ? null : AppContext.BaseDirectory,
        });
        builder.WebHost.UseStaticWebAssets();
        builder.Services.Configure<ManagerOptions>(builder.Configuration.GetSection(ManagerOptions.Section));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddFleet();
        builder.Services.AddSingleton<IDeviceCalibrations, DeviceCalibrations>();
        builder.AddApi();
        builder.AddDashboard();

        var app = builder.Build();
        // First: whatever refuses a person says why in their language.
        app.UseRequestLocalization();
        app.UseFleet();
        app.MapApi();
        app.MapDashboard();
        return app;
    }
}
