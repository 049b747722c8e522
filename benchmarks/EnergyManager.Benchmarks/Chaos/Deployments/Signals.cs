using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>Signals to processes, sent without the detour over another process: a state may last milliseconds only.</summary>
internal static partial class Signals
{
    public static void Stop(int process) => Send(process, 19);

    public static void Continue(int process) => Send(process, 18);

    public static void SegmentationFault(int process) => Send(process, 11);

    private static void Send(int process, int signal)
    {
        // 3 is ESRCH: it is gone already.
        if (Kill(process, signal) != 0 && Marshal.GetLastPInvokeError() is var error && error != 3)
            throw new Win32Exception(error);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
