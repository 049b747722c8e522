using EnergyManager.Agent.LocalApi;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>Registers the benchmark.</summary>
public static class BenchmarkServices
{
    public static IServiceCollection AddBenchmarking(this IServiceCollection services)
    {
        services.AddSingleton<InstalledModels>();
        services.AddSingleton<BenchmarkReports>();
        services.AddSingleton<BenchmarkService>();
        services.AddHostedService(provider => provider.GetRequiredService<BenchmarkService>());
        services.AddSingleton<BenchmarkLink>();
        services.AddSingleton<ILocalEndpoints, BenchmarkEndpoints>();
        return services;
    }
}
