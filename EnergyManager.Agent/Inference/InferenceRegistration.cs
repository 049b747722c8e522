using EnergyManager.Agent.Inference.Health;
using EnergyManager.Agent.Inference.Predictions;
using EnergyManager.Agent.Inference.Worker;
using EnergyManager.Agent.LocalApi;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Inference;

/// <summary>Adds what runs models.</summary>
public static class InferenceRegistration
{
    public static IServiceCollection AddInference(this IServiceCollection services)
    {
        services.AddSingleton<IModelLoader, WorkerModelLoader>();
        services.AddSingleton(provider => new InferenceEngine(
            provider.GetRequiredService<IOptions<AgentOptions>>().Value.Inference,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<InferenceEngine>>()));
        services.AddSingleton<ModelTrial>();
        services.AddSingleton<ModelWatch>();
        services.AddSingleton<ILocalEndpoints, PredictionEndpoints>();
        return services;
    }
}
