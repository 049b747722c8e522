namespace EnergyManager.Agent.Inference;

/// <summary>What inference takes of the device, apart from the agent itself, and what it refused or lost.</summary>
/// <param name="Process">The process that runs the active model, or <c>null</c> without one.</param>
/// <param name="CpuSeconds">Processor time of all such processes since the agent's start, as far as it was read before they ended.</param>
/// <param name="Crashes">Processes that died, hung or talked nonsense.</param>
/// <param name="Predictions">Predictions made.</param>
/// <param name="RefusedPredictions">Predictions refused.</param>
public sealed record InferenceUsage(WorkerUsage? Process, double CpuSeconds, long Crashes, long Predictions, long RefusedPredictions);

/// <summary>A model that the engine does not run any more because its process died too often or it left its limits.</summary>
/// <param name="Model">The model; its runner is disposed.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record GivenUpModel(ActiveModel Model, string Reason);
