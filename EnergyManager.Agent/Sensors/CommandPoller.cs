using System.Runtime.InteropServices;

namespace EnergyManager.Agent.Sensors;

/// <summary>
/// Runs a program every period and has its last result at hand, so that a program that hangs delays nobody who asks. Only the first
/// poll may wait for it.
/// </summary>
public sealed class CommandPoller(ICommandRunner runner, string program, string argument, TimeSpan period, bool waitForFirst, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private Task<CommandResult>? _running;
    private long _started;
    private CommandResult? _last;
    private long _ended;

    /// <summary>The result of the last run that ended, and whether it was given out before.</summary>
    public PolledResult Poll()
    {
        if (_running is null && (_last is null || time.GetElapsedTime(_started) >= period))
        {
            _started = time.GetTimestamp();
            _running = runner.RunAsync(program, argument, Timeout);
        }
        if (_last is null && waitForFirst && _running is { } first)
            Task.WaitAny([first], 2 * Timeout);
        if (_running is { IsCompleted: true } ended)
        {
            _running = null;
            _last = ended.IsFaulted ? new CommandResult(null, $"{program} {argument} failed: {ended.Exception.InnerException?.Message}") : ended.Result;
            _ended = time.GetTimestamp();
            return new PolledResult(_last.Value, IsNew: true);
        }
        // A run takes its timeout at most: older than this, it hangs where no signal reaches it.
        if (_last is { } last && time.GetElapsedTime(_ended) < (2 * period) + (3 * Timeout))
            return new PolledResult(last, IsNew: false);
        var waited = time.GetElapsedTime(_started) >= 3 * Timeout;
        return new PolledResult(new CommandResult(null, $"{program} {argument} {(waited ? "does not answer" : "has not answered yet")}"), IsNew: false);
    }
}

/// <summary>A result of a <see cref="CommandPoller"/>.</summary>
/// <param name="Result">What the program said.</param>
/// <param name="IsNew">Whether this is the first time that it is given out.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PolledResult(CommandResult Result, bool IsNew);
