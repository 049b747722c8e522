namespace EnergyManager.Agent.Inference;

/// <summary>
/// The board to oneself: until it is disposed the engine runs nothing and its model is out of memory, though it stays the
/// active one. <see cref="Reload"/> gives the engine a runner again before the end.
/// </summary>
public sealed class EngineHold : IDisposable
{
    private readonly TaskCompletionSource _parked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly InferenceEngine _engine;

    internal EngineHold(InferenceEngine engine, ActiveModel? model) => (_engine, Model) = (engine, model);

    /// <summary>The model that was active when the hold began, or <c>null</c>; its runner is disposed.</summary>
    public ActiveModel? Model { get; }

    internal Task Parked => _parked.Task;

    /// <summary>Whether the engine has begun to take the model out of memory; guarded by the engine's lock.</summary>
    internal bool HasBegun { get; set; }

    /// <summary>Gives the engine a new runner of <see cref="Model"/>; disposes it when another model took its place meanwhile.</summary>
    public void Reload(IModelRunner runner) => _engine.Reload(this, runner);

    /// <summary>Lets the engine go on: with the reloaded model, with one that took its place, or with none.</summary>
    public void Dispose() => _engine.Release(this);

    internal void SetParked() => _parked.TrySetResult();
}
