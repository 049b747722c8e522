using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Sampling;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Sensors;

/// <summary>Registers what the agent measures with.</summary>
public static class SensorServices
{
    public static IServiceCollection AddSensors(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ExternalPowerSource(Options(provider).Power.External, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(Selector);
        services.AddSingleton(provider => new PowerMeter(
            provider.GetRequiredService<PowerSourceSelector>(), Options(provider).Power, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SensorBoard(
            [
                new CpuSensor(Options(provider).ProcRoot),
                new MemorySensor(Options(provider).ProcRoot),
                new TemperatureSensor(Options(provider).SysRoot),
                new StorageSensor(provider.GetRequiredService<DataDirectory>().Artifacts),
                new BatterySensor(Options(provider).SysRoot),
            ],
            provider.GetRequiredService<PowerMeter>()));
        services.AddHostedService<PowerSourceWatch>();
        return services;
    }

    private static PowerSourceSelector Selector(IServiceProvider provider)
    {
        var options = Options(provider);
        var external = provider.GetRequiredService<ExternalPowerSource>();
        var selector = new PowerSourceSelector(
            () => options.Power.Enabled ? PowerSources.Find(options.SysRoot, external) : [], options.Power, provider.GetRequiredService<TimeProvider>());
        external.Appeared += selector.RequestScan;
        return selector;
    }

    private static AgentOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AgentOptions>>().Value;
}
