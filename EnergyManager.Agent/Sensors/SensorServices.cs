using EnergyManager.Agent.Sampling;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Sensors;

/// <summary>Registers what the agent measures with.</summary>
public static class SensorServices
{
    public static IServiceCollection AddSensors(this IServiceCollection services)
    {
        services.AddSingleton<ICommandRunner, CommandRunner>();
        services.AddSingleton(provider => new ExternalPowerSource(provider.Options().Power.External, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new PowerSources(
            provider.Options(),
            provider.GetRequiredService<ExternalPowerSource>(),
            provider.GetRequiredService<ICommandRunner>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            var selector = new PowerSourceSelector(
                provider.GetRequiredService<PowerSources>().Find, provider.Options().Power, provider.GetRequiredService<TimeProvider>());
            provider.GetRequiredService<ExternalPowerSource>().Appeared += (_, _) => selector.RequestScan();
            return selector;
        });
        services.AddSingleton(provider => new PowerMeter(
            provider.GetRequiredService<PowerSourceSelector>(), provider.Options().Power, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SensorBoard(HostSensors(provider), provider.GetRequiredService<PowerMeter>()));
        services.AddHostedService<PowerSourceWatch>();
        return services;
    }

    private static IReadOnlyList<ISensor> HostSensors(IServiceProvider provider)
    {
        var (proc, sys) = (provider.Options().ProcRoot, provider.Options().SysRoot);
        var time = provider.GetRequiredService<TimeProvider>();
        var runner = provider.GetRequiredService<ICommandRunner>();
        return
        [
            new CpuSensor(proc),
            new MemorySensor(proc),
            new SwapSensor(proc),
            new RetryingSensor(() => new TemperatureSensor(sys), time),
            new StorageSensor(provider.GetRequiredService<DataDirectory>().Artifacts),
            new RetryingSensor(() => new BatterySensor(sys), time),
            new RetryingSensor(() => new GpuSensor(sys), time),
            new RetryingSensor(() => new CpuFrequencySensor(sys), time),
            new RetryingSensor(() => new ThrottlingSensor(proc, sys, runner, time), time),
            new NetworkSensor(proc, sys, NetworkDirection.Received, time),
            new NetworkSensor(proc, sys, NetworkDirection.Sent, time),
        ];
    }

    private static AgentOptions Options(this IServiceProvider provider) => provider.GetRequiredService<IOptions<AgentOptions>>().Value;
}
