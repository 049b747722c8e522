using System.Globalization;
using CsvHelper;

namespace EnergyManager.Core.Benchmarks.Reference;

/// <summary>Builds the reference tables from a folder of the timm project's result files.</summary>
public static class ReferenceTables
{
    /// <summary>ImageNet accuracy by model and tag.</summary>
    public const string AccuracyFile = "results-imagenet.csv";

    /// <summary>CPU results at batch 1: <c>model,infer_img_size,infer_samples_per_sec,infer_step_time,infer_batch_size,param_count,infer_gmacs,infer_macts</c>.</summary>
    public const string CpuFile = "benchmark-infer-fp32-nchw-pt240-cpu-i7_12700h-dynamo.csv";

    /// <summary>GPU results, in the same columns.</summary>
    public const string GpuFile = "benchmark-infer-amp-nchw-pt240-cu124-rtx3090.csv";

    /// <summary>Reads published figures from the two benchmark files of a folder.</summary>
    /// <exception cref="IOException">A file is missing.</exception>
    public static IReadOnlyList<ReferenceFigures> ReadArchitectures(string folder)
    {
        var cpu = ReadResults(Path.Combine(folder, CpuFile));
        var gpu = ReadResults(Path.Combine(folder, GpuFile));
        return
        [
            .. cpu.Keys.Union(gpu.Keys).OrderBy(k => k.Name, StringComparer.Ordinal).ThenBy(k => k.Size).Select(key =>
            {
                var onCpu = cpu.GetValueOrDefault(key);
                var onGpu = gpu.GetValueOrDefault(key);
                var any = onCpu ?? onGpu!;
                return new ReferenceFigures(
                    key.Name, key.Size, any.ParamsM, any.Gmacs, any.ActivationsM,
                    onCpu is null ? null : Math.Round(1000 / onCpu.SamplesPerSecond, 3),
                    onGpu is null ? null : Math.Round(1000 / onGpu.SamplesPerSecond, 5));
            }),
        ];
    }

    /// <summary>Writes published figures in the schema of <see cref="ArchitectureReference.Header"/>.</summary>
    public static void WriteArchitectures(TextWriter text, IEnumerable<ReferenceFigures> figures)
    {
        text.Write(ArchitectureReference.Header + "\n");
        foreach (var f in figures)
            text.Write(string.Create(CultureInfo.InvariantCulture, $"{f.Name},{f.ImageSize},{f.ParamsM},{f.Gmacs},{f.ActivationsM},{f.CpuMs},{f.GpuMs}\n"));
    }

    private static Dictionary<(string Name, int Size), Result> ReadResults(string path)
    {
        using var csv = CsvReader.FromFile(path, new CsvReaderOptions { Separator = ',' });
        var results = new Dictionary<(string, int), Result>();
        while (csv.Read())
        {
            // Networks that the counter could not trace have no GMACs.
            if (csv.GetString("infer_gmacs").Length == 0)
                continue;
            var key = (csv.GetString("model").Split('.')[0], (int)Number(csv, "infer_img_size"));
            results.TryAdd(key, new Result(Number(csv, "infer_samples_per_sec"), Number(csv, "param_count"), Number(csv, "infer_gmacs"), Number(csv, "infer_macts")));
        }

        return results;
    }

    internal static double Number(CsvReader csv, string column) =>
        double.Parse(csv.GetString(column), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private sealed record Result(double SamplesPerSecond, double ParamsM, double Gmacs, double ActivationsM);
}
