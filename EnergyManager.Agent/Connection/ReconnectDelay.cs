namespace EnergyManager.Agent.Connection;

/// <summary>
/// Waits between attempts: doubled after every failure up to a cap, each a random part between half and the whole of it, so
/// that the devices of a fleet do not all come back in the same moment.
/// </summary>
public sealed class ReconnectDelay(ConnectionOptions options, Random random)
{
    private int _failures;

    public TimeSpan Next()
    {
        var ceiling = options.MinimumDelay * Math.Pow(2, Math.Min(_failures++, 30));
        if (ceiling > options.MaximumDelay)
            ceiling = options.MaximumDelay;
        return ceiling * (0.5 + (random.NextDouble() / 2));
    }

    public void Reset() => _failures = 0;
}
