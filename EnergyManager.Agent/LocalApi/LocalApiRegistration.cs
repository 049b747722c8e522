namespace EnergyManager.Agent.LocalApi;

/// <summary>Adds the local interface. Other folders add topics to it by registering an <see cref="ILocalEndpoints"/>.</summary>
public static class LocalApiRegistration
{
    public static IServiceCollection AddLocalApi(this IServiceCollection services)
    {
        services.AddSingleton<AgentStatusSource>();
        services.AddSingleton<ILocalEndpoints, StatusEndpoints>();
        services.AddSingleton<ILocalEndpoints, MetricsEndpoints>();
        services.AddSingleton<ILocalEndpoints, TelemetryEndpoints>();
        services.AddHostedService<LocalApiService>();
        return services;
    }
}
