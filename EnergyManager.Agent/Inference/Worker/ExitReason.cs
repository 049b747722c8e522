namespace EnergyManager.Agent.Inference.Worker;

/// <summary>Why a process ended, in words.</summary>
internal static class ExitReason
{
    // A shell's convention that .NET follows too: a process that a signal ended has 128 and its number as exit code.
    private const int SignalBase = 128;

    public static string Describe(int exitCode) => exitCode <= SignalBase
        ? $"exit code {exitCode}"
        : (exitCode - SignalBase) switch
        {
            4 => "signal 4 (illegal instruction: the library does not fit this processor)",
            6 => "signal 6 (aborted)",
            7 => "signal 7 (bus error)",
            8 => "signal 8 (arithmetic error)",
            9 => "signal 9 (killed; the kernel does so when memory runs out)",
            11 => "signal 11 (segmentation fault)",
            31 => "signal 31 (forbidden system call)",
            var signal => $"signal {signal}",
        };
}
