using System.Runtime.InteropServices;

namespace EnergyManager.Agent.Sampling;

/// <summary>
/// Reads the power meter on a thread of its own by an absolute schedule. Readings that are overdue are left out, not caught up
/// with: reading twice at once tells nothing, and the integral bridges what is missing as far as the meter allows.
/// </summary>
public sealed partial class SamplingThread(PowerMeter meter, IMonotonicSleep sleep, TimeProvider time)
{
    /// <summary>Time after which a meter without a source is asked again.</summary>
    private static readonly TimeSpan PauseWithoutSource = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Niceness of the thread. Whoever loads the processor most, inference, would otherwise delay exactly the readings that it
    /// should be seen in, and the energy would come out low.
    /// </summary>
    private const int Niceness = -10;

    /// <summary>Reads until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            // Needs CAP_SYS_NICE or LimitNICE; without them the thread runs like any other, and its lateness is recorded.
            if (OperatingSystem.IsLinux())
                _ = SetPriority(0, 0, Niceness);
            Run(cancellationToken);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Reads on this thread until cancelled.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var due = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            if (meter.Read(due) is not { } period)
            {
                cancellationToken.WaitHandle.WaitOne(PauseWithoutSource);
                due = time.GetTimestamp();
                continue;
            }
            var step = (long)(period.TotalSeconds * time.TimestampFrequency);
            due += step;
            if (time.GetTimestamp() - due is > 0 and var late)
            {
                var missed = 1 + ((late - 1) / step);
                meter.Miss(missed);
                due += missed * step;
            }
            sleep.Until(due);
        }
    }

    // For the kernel a thread is a process of its own: 0 is the one that calls.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
