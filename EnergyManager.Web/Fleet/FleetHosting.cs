using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EnergyManager.Core.Contracts;
using EnergyManager.Web.Benchmarking;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Hubs;
using EnergyManager.Web.Security;
using EnergyManager.Web.Storage;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Fleet;

/// <summary>Registers and maps devices: storage, telemetry, deployments, the agents' hub and the security in front of them.</summary>
internal static class FleetHosting
{
    public static void AddFleet(this WebApplicationBuilder builder)
    {
        builder.AddSecurity();
        var services = builder.Services;
        services.AddStorage();
        services.AddTelemetry();
        services.AddDeployments();
        services.AddSingleton<SqliteBenchmarkStore>();
        services.AddSingleton<DeviceBenchmarks>();
        services.AddSingleton<IDeviceBenchmarks>(provider => provider.GetRequiredService<DeviceBenchmarks>());
        services.AddSingleton<BenchmarkWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<BenchmarkWatch>());
        services.AddSingleton<MeasuredBesidePredicted>();
        services.AddSingleton<IDeviceEnergy, DeviceEnergy>();
        services.AddSingleton<DriftWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DriftWatch>());

        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton<IDeviceFleet>(provider => provider.GetRequiredService<DeviceRegistry>());
        services.AddHostedService<FleetMaintenance>();
        services.AddHostedService<LocalAgent>();

        services.AddSingleton<AgentSessions>();
        services.AddSingleton<IDesiredStatePush, DesiredStatePush>();
        services.AddSignalR()
            .AddHubOptions<AgentHub>(hub => hub.MaximumReceiveMessageSize = AgentProtocol.MaximumMessageBytes)
            .AddJsonProtocol(json => json.PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options)
            {
                TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractJson.Default, new DefaultJsonTypeInfoResolver()),
            });
    }

    public static void UseFleet(this WebApplication app)
    {
        app.UseSecurity();
        app.MapHub<AgentHub>(AgentProtocol.HubPath).RequireAuthorization(Policies.Agent);
    }

    private static void AddStorage(this IServiceCollection services)
    {
        services.AddSingleton<DataFolder>();
        services.AddSingleton<Database>();
        services.AddSingleton<ITelemetryStore, SqliteTelemetryStore>();
        services.AddSingleton<SqliteDeviceStore>();
        services.AddSingleton<SqliteDeploymentStore>();
        services.AddSingleton<SqliteMeasurementStore>();
        services.AddSingleton<SqliteDriftStore>();
    }

    private static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<ILiveFeed>(provider => provider.GetRequiredService<LiveFeed>());
        services.AddSingleton<ITelemetryHistory, TelemetryHistory>();
        services.AddSingleton<TelemetryIngest>();
        services.AddHostedService(provider => provider.GetRequiredService<TelemetryIngest>());
    }

    private static void AddDeployments(this IServiceCollection services)
    {
        services.AddSingleton<DeploymentJournal>();
        services.AddSingleton<DeploymentReports>();
        services.AddSingleton<ArtifactSupply>();
        services.AddSingleton<IDeploymentService, DeploymentService>();
        services.AddHostedService<DeploymentWatch>();
        services.AddSingleton<DeviceRemoval>();
        services.AddSingleton<IDeviceRemoval>(provider => provider.GetRequiredService<DeviceRemoval>());
        services.AddHostedService<FleetFollower>();
    }
}
