using System.Runtime.InteropServices;

namespace EnergyManager.Agent.Sampling;

/// <summary>Blocks the calling thread until a moment.</summary>
public interface IMonotonicSleep
{
    /// <summary>Returns at <paramref name="timestamp"/> of <see cref="TimeProvider.GetTimestamp"/> or a little later, never before.</summary>
    void Until(long timestamp);
}

/// <summary>
/// Sleeps on Linux's monotonic clock to an absolute time. Waits of .NET have whole milliseconds and are relative, so that each
/// wake-up would move the next; and a timer's callback goes through the pool, which costs several times as much.
/// </summary>
/// <remarks>
/// <see cref="System.Diagnostics.Stopwatch"/>, and so <see cref="TimeProvider.System"/>, counts the nanoseconds of the very
/// same clock: no conversion, and no drift between the two.
/// </remarks>
public sealed partial class MonotonicSleep : IMonotonicSleep
{
    private const int ClockMonotonic = 1;
    private const int TimerAbsolute = 1;
    private const int Interrupted = 4;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public void Until(long timestamp)
    {
        var until = new Timespec { Seconds = (nint)(timestamp / NanosecondsPerSecond), Nanoseconds = (nint)(timestamp % NanosecondsPerSecond) };
        while (ClockNanosleep(ClockMonotonic, TimerAbsolute, in until, IntPtr.Zero) == Interrupted)
        {
            // A signal came in between; the time is absolute, so it is simply asked for again.
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in Timespec request, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
