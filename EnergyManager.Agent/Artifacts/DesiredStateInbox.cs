using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Artifacts;

/// <summary>The desired state that was received last. Only the newest counts: what came before it and was not taken up is gone.</summary>
public sealed class DesiredStateInbox
{
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private readonly Lock _lock = new();
    private DesiredState? _latest;

    /// <summary>Raised after a desired state arrived, on the caller's thread.</summary>
    public event Action? Arrived;

    public DesiredState? Latest
    {
        get
        {
            lock (_lock)
                return _latest;
        }
    }

    public void Put(DesiredState desired)
    {
        lock (_lock)
        {
            _latest = desired;
            if (_arrived.CurrentCount == 0)
                _arrived.Release();
        }
        Arrived?.Invoke();
    }

    /// <summary>Waits for a desired state that was not taken before.</summary>
    public async Task<DesiredState> TakeAsync(CancellationToken cancellationToken)
    {
        await _arrived.WaitAsync(cancellationToken);
        lock (_lock)
            return _latest!;
    }
}
