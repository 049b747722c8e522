using EnergyManager.Agent.Sensors;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>How the board is set to spend power: what two measurements must have in common.</summary>
public static class PowerMode
{
    /// <summary>Where a Jetson keeps the number of its power model.</summary>
    private const string NvpmodelStatus = "/var/lib/nvpmodel/status";

    /// <summary>For example <c>governor=schedutil 600-1800 MHz; nvpmodel=pmode:0001 fmode:quiet</c>, or <c>null</c> where nothing is told.</summary>
    /// <remarks>
    /// <c>/sys/devices/system/cpu/cpufreq/policy0/</c>: <c>scaling_governor</c> = <c>ondemand</c>, <c>scaling_min_freq</c> and
    /// <c>scaling_max_freq</c> in kHz. Boards with two kinds of core have a policy of each.
    /// </remarks>
    public static string? Read(string sysRoot, string nvpmodelStatus = NvpmodelStatus)
    {
        List<string> parts = [.. SysFile.Directories(Path.Combine(sysRoot, "devices/system/cpu/cpufreq"), "policy*").Select(Policy).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (SysFile.TryReadText(nvpmodelStatus, out var nvpmodel, out _) && nvpmodel.Length is > 0 and <= 200)
            parts.Add($"nvpmodel={nvpmodel.ReplaceLineEndings(" ")}");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    private static string? Policy(string directory)
    {
        if (!SysFile.TryReadText(Path.Combine(directory, "scaling_governor"), out var governor, out _))
            return null;
        return SysFile.TryReadNumber(Path.Combine(directory, "scaling_min_freq"), out var least, out _)
            && SysFile.TryReadNumber(Path.Combine(directory, "scaling_max_freq"), out var most, out _)
            ? $"governor={governor} {least / 1000}-{most / 1000} MHz"
            : $"governor={governor}";
    }
}
