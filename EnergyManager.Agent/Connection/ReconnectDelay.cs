namespace EnergyManager.Agent.Connection;

/// <summary>
/// Waits between attempts: doubled after every failure up to a cap, each a random part between half and the whole of it, so
/// that the devices of a fleet do not all come back in the same moment.
/// </summary>
public sealed class ReconnectDelay(ConnectionOptions options, Random random)
{
    private int _failures;

    /// <summary>The next wait.</summary>
    /// <param name="spent">
    /// How long the attempt that failed took. It counts as waiting: what matters is how often the network is asked, and after
    /// an attempt into silence the next one should not be later than after a refusal.
    /// </param>
    public TimeSpan Next(TimeSpan spent = default)
    {
        var ceiling = options.MinimumDelay * Math.Pow(2, Math.Min(_failures++, 30));
        if (ceiling > options.MaximumDelay)
            ceiling = options.MaximumDelay;
        var part = 0.5 + (random.NextDouble() / 2);
        var (wait, least) = ((ceiling * part) - spent, options.MinimumDelay * part);
        return wait > least ? wait : least;
    }

    public void Reset() => _failures = 0;
}
