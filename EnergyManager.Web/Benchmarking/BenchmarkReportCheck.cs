using EnergyManager.Core.Contracts;

namespace EnergyManager.Web.Benchmarking;

/// <summary>Says what is wrong with a report of a device. A figure out of range is refused, never bent into range.</summary>
internal static class BenchmarkReportCheck
{
    private const int MaximumEntries = 64;
    private const int MaximumSentence = 1000;
    private const double MaximumWatts = 10_000;
    private const double MaximumSeconds = 7 * 24 * 3600;
    private const double MaximumFigure = 1e9;

    /// <summary>The first thing that is wrong as a sentence, or <c>null</c>.</summary>
    public static string? Fault(BenchmarkReport report)
    {
        // Lists that a message leaves out are null here, whatever the type says.
        if (report.Missing is null || report.Notes is null || report.Phases is null || report.Energies is null)
            return "missing, notes, phases or energies is not there.";
        if (string.IsNullOrWhiteSpace(report.BenchmarkId) || report.BenchmarkId.Length > BenchmarkRequest.MaximumIdLength)
            return $"benchmark_id is empty or longer than {BenchmarkRequest.MaximumIdLength} characters.";
        if (report.State == BenchmarkState.Requested)
            return "state is requested, which is the server's to enter.";
        if (report.State == BenchmarkState.Completed && report.Row is null)
            return "row is not there though the benchmark completed.";
        return Text("reason", report.Reason, MaximumSentence)
            ?? Text("model", report.Model)
            ?? Text("sha256", report.Sha256)
            ?? Text("phase", report.Phase)
            ?? Sentences("missing", report.Missing)
            ?? Sentences("notes", report.Notes)
            ?? (report.Phases.Count > MaximumEntries || report.Energies.Count > MaximumEntries ? $"phases or energies has more than {MaximumEntries} entries." : null)
            ?? report.Phases.Select(Fault).FirstOrDefault(fault => fault is not null)
            ?? report.Energies.Select(Fault).FirstOrDefault(fault => fault is not null)
            ?? (report.Latency is { } latency ? Range("latency", latency.MeanMs, 0, MaximumFigure) ?? Range("latency", latency.P50Ms, 0, MaximumFigure) ?? Range("latency", latency.P95Ms, 0, MaximumFigure) : null)
            ?? (report.Conditions is { } conditions ? Text("conditions.power_mode", conditions.PowerMode, MaximumSentence) ?? Text("conditions.execution_provider", conditions.ExecutionProvider) : null)
            ?? (report.Row is { } row ? Fault(row, report.Energies) : null);
    }

    private static string? Fault(BenchmarkPhase phase)
    {
        if (phase.MeanW is not null != phase.Provenance.IsMeasured)
            return $"phases.provenance is {phase.Provenance}: a power is measured by a sensor or absent.";
        return Text("phases.phase", phase.Phase)
            ?? Range("phases.duration_s", phase.DurationS, 0, MaximumSeconds)
            ?? Range("phases.mean_w", phase.MeanW, 0, MaximumWatts)
            ?? Range("phases.half_width95_w", phase.HalfWidth95W, 0, MaximumWatts);
    }

    private static string? Fault(BenchmarkEnergy energy)
    {
        if (!energy.Provenance.IsMeasured)
            return $"energies.provenance is {energy.Provenance}: a device sends only energy that a sensor measured.";
        // Net of idle may come out below nothing where inference costs less than the sensor can tell.
        return Range("energies.per_inference_mj", energy.PerInferenceMj, -MaximumFigure, MaximumFigure)
            ?? Range("energies.half_width95_mj", energy.HalfWidth95Mj, 0, MaximumFigure)
            ?? Range("energies.inferences", energy.Inferences, 1, MaximumFigure)
            ?? Range("energies.duration_s", energy.DurationS, 0, MaximumSeconds);
    }

    private static string? Fault(DeviceBenchmarkRow row, IReadOnlyList<BenchmarkEnergy> energies)
    {
        if (row.RunEnergyMwh is not null && energies.Count == 0)
            return "row.run_energy_mwh is there without a measured energy.";
        return Text("row.model", row.Model)
            ?? Text("row.architecture", row.Architecture)
            ?? Text("row.family", row.Family)
            ?? Text("row.precision", row.Precision)
            ?? Text("row.campaign", row.Campaign)
            ?? Text("row.source", row.Source)
            ?? Text("row.findings", row.Findings)
            ?? Range("row.params_m", row.ParamsM, 0, MaximumFigure)
            ?? Range("row.gmacs", row.Gmacs, 0, MaximumFigure)
            ?? Range("row.size_mb", row.SizeMb, 0, MaximumFigure)
            ?? Range("row.batch", row.Batch, 1, MaximumFigure)
            ?? Range("row.inferences", row.Inferences, 1, MaximumFigure)
            ?? Range("row.run_duration_s", row.RunDurationS, 0, MaximumSeconds)
            ?? Range("row.run_energy_mwh", row.RunEnergyMwh, 0, MaximumFigure)
            ?? Range("row.run_energy_std_mwh", row.RunEnergyStdMwh, 0, MaximumFigure);
    }

    private static string? Sentences(string field, IReadOnlyList<string> sentences) =>
        sentences.Count > MaximumEntries ? $"{field} has more than {MaximumEntries} entries."
        : sentences.Select(s => Text(field, s, MaximumSentence)).FirstOrDefault(fault => fault is not null);

    private static string? Text(string field, string? value, int longest = AgentProtocol.MaximumText) =>
        value?.Length > longest ? $"{field} is longer than {longest} characters." : null;

    // NaN compares false with everything, so it is never "inside".
    private static string? Range(string field, double? value, double low, double high) =>
        value is null || (value >= low && value <= high) ? null : $"{field} is {value}: between {low} and {high} is possible.";
}
