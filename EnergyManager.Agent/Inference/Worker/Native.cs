using System.Runtime.InteropServices;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>The few calls of the C library that .NET has no name for.</summary>
internal static partial class Native
{
    /// <summary>Copies a file descriptor.</summary>
    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Duplicate(int descriptor);

    /// <summary>Makes one file descriptor mean what another means.</summary>
    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Duplicate(int descriptor, int target);

    /// <summary>Lowers the priority of the calling thread and of all that it starts.</summary>
    [LibraryImport("libc", EntryPoint = "nice", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Nice(int increment);

    /// <summary>Ends the process at once, whatever its other threads are doing.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void ExitNow(int status);
}
