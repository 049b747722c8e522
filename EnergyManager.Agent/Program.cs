using EnergyManager.Agent;
using EnergyManager.Agent.Inference.Worker;
using Microsoft.Extensions.Options;

const int badSettings = 2;

if (args is [InferenceWorker.Command, ..])
    return InferenceWorker.Run(args);

try
{
    using var host = AgentHost.Build(args);
    await host.RunAsync();
    return 0;
}
catch (OptionsValidationException invalid)
{
    foreach (var failure in invalid.Failures)
        await Console.Error.WriteLineAsync(failure);
    return badSettings;
}
catch (AgentStartException problem)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return badSettings;
}
