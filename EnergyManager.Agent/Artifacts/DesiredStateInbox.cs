using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Artifacts;

/// <summary>The desired state that was received last. Only the newest counts: what came before it and was not taken up is gone.</summary>
public sealed class DesiredStateInbox
{
    private readonly AsyncSignal _arrived = new();
    private readonly Lock _lock = new();
    private DesiredState? _latest;

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
            _latest = desired;
        _arrived.Set();
    }

    /// <summary>Waits for a desired state that was not taken before.</summary>
    public async Task<DesiredState> TakeAsync(CancellationToken cancellationToken)
    {
        await _arrived.WaitAsync(cancellationToken);
        lock (_lock)
            return _latest!;
    }
}
