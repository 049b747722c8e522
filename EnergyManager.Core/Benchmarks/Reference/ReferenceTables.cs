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

    /// <summary>
    /// Reads ImageNet accuracies from a folder: one line per network and tag, at the image size nearest to the 224 px that the boards
    /// were measured at, a network's least accurate tag first.
    /// </summary>
    /// <exception cref="IOException">The file is missing.</exception>
    public static IReadOnlyList<PublishedAccuracy> ReadAccuracies(string folder)
    {
        using var csv = CsvReader.FromFile(Path.Combine(folder, AccuracyFile), new CsvReaderOptions { Separator = ',' });
        var lines = new List<PublishedAccuracy>();
        while (csv.Read())
        {
            var model = csv.GetString("model").Split('.', 2);
            lines.Add(new PublishedAccuracy(
                model[0], model.Length > 1 ? model[1] : "", (int)Number(csv, "img_size"),
                Number(csv, "top1"), Number(csv, "top5"), Number(csv, "param_count")));
        }

        return
        [
            .. lines.GroupBy(l => (l.Architecture, l.Tag)).Select(g => g.OrderBy(FromMeasuredSize).ThenBy(l => l.Top1).First())
                .OrderBy(l => l.Architecture, StringComparer.Ordinal).ThenBy(FromMeasuredSize).ThenBy(l => l.Top1).ThenBy(l => l.Tag, StringComparer.Ordinal),
        ];
    }

    /// <summary>Writes accuracies in the schema of <see cref="ImageNetAccuracy.Header"/>.</summary>
    public static void WriteAccuracies(TextWriter text, IEnumerable<PublishedAccuracy> accuracies)
    {
        text.Write(ImageNetAccuracy.Header + "\n");
        foreach (var a in accuracies)
            text.Write(string.Create(CultureInfo.InvariantCulture, $"{a.Architecture},{a.Tag},{a.ImageSize},{a.Top1},{a.Top5},{a.ParamsM}\n"));
    }

    private static int FromMeasuredSize(PublishedAccuracy line) => Math.Abs(line.ImageSize - 224);

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
