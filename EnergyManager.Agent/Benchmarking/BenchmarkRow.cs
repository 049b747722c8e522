using EnergyManager.Core.Accounting;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Onnx.Inspection;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>Makes the row of the curated schema.</summary>
internal static class BenchmarkRow
{
    /// <summary>The row.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="inspection">What its file says.</param>
    /// <param name="passes">Forward passes of the active phase.</param>
    /// <param name="run">The active phase, or <c>null</c> where no sensor measured it.</param>
    /// <param name="durationS">Its length in seconds.</param>
    /// <param name="conditions">The set-up.</param>
    public static DeviceBenchmarkRow Of(
        string model, OnnxInspection inspection, int passes, MeasuredPhase? run, double durationS, BenchmarkConditions conditions)
    {
        var name = ModelName.Parse(model);
        var single = inspection.PerInput();
        return new DeviceBenchmarkRow
        {
            Model = model,
            Architecture = name.Architecture,
            Family = name.Family,
            Precision = (inspection.Precision ?? name.Precision ?? Core.Benchmarks.Precision.Fp32).ToString().ToLowerInvariant(),
            ParamsM = single.ParamsM,
            Gmacs = single.Gmacs,
            SizeMb = single.SizeMb,
            InputWidth = (int?)single.InputWidth,
            InputHeight = (int?)single.InputHeight,
            Batch = (int)inspection.Batch,
            Inferences = passes,
            RunDurationS = run?.DurationS ?? durationS,
            RunEnergyMwh = run?.Energy.MilliwattHours,
            RunEnergyStdMwh = run is null ? null : RunEnergyStandardError(run),
            Campaign = FormattableString.Invariant($"agent-onnxruntime-{conditions.ExecutionProvider}-{conditions.Threads}t"),
            Source = run is null ? "agent benchmark; no power sensor" : $"agent benchmark; {run.Provenance}",
            ActivationsM = single.ActivationsM > 0 ? single.ActivationsM : null,
        };
    }

    /// <summary>Execution provider that the settings name.</summary>
    public static string Provider(InferenceOptions options) => options.ExecutionProvider;

    /// <summary>Threads of one inference.</summary>
    public static int Threads(InferenceOptions options) => options.Threads > 0 ? options.Threads : Environment.ProcessorCount;

    // By batch means of the power; the columns of a table say how far one run may lie from the next, and the step of the sensor
    // moves all runs alike.
    private static double? RunEnergyStandardError(MeasuredPhase run) =>
        run.PowerStandardErrorW is { } watts ? watts * run.DurationS / Core.Units.Energy.JoulesPerMilliwattHour : null;
}
