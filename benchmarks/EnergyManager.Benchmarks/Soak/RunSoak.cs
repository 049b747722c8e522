using System.Diagnostics;
using System.Globalization;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Benchmarks.Soak;

/// <summary>Runs one model many times in this process and watches its resident memory.</summary>
public static class RunSoak
{
    private const int Points = 200;

    /// <summary>Half of the runs are on prepared inputs, half on inputs given and outputs read anew.</summary>
    /// <param name="model">An ONNX file.</param>
    /// <param name="runs">Number of runs, after a tenth as many that do not count: allocators and the compiler settle first.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static SoakReport Run(string model, int runs, CancellationToken cancellationToken)
    {
        using var runner = OnnxRunner.Load(model, new OnnxRunnerOptions());
        var inputs = runner.Inputs.Select(Zeros).ToList();
        Repeat(runner, inputs, Math.Max(100, runs / 10), static _ => { }, cancellationToken);
        var points = new List<(double Runs, double Bytes)> { (0, ResidentBytes()) };
        var every = Math.Max(1, runs / Points);
        var start = Stopwatch.GetTimestamp();
        Repeat(
            runner,
            inputs,
            runs,
            done =>
            {
                if (done % every == 0)
                    points.Add((done, ResidentBytes()));
            },
            cancellationToken);
        return new SoakReport(
            runs,
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            (long)points[0].Bytes,
            (long)points[points.Count / 2].Bytes,
            (long)points[^1].Bytes,
            Slope(points) * 1000);
    }

    private static void Repeat(OnnxRunner runner, List<OnnxTensor> inputs, int runs, Action<int> after, CancellationToken cancellationToken)
    {
        for (var run = 1; run <= runs; run++)
        {
            if (run % 2 == 0)
                runner.RunSynthetic(cancellationToken);
            else
                runner.Run(inputs, cancellationToken);
            after(run);
        }
    }

    private static OnnxTensor Zeros(OnnxTensorInfo input)
    {
        var type = OnnxElementTypes.ByName[input.ElementType];
        var shape = input.Shape.Select(static size => size ?? 1).ToArray();
        return new OnnxTensor(input.Name, type, shape, new byte[type.Bytes(shape.Aggregate(1L, static (product, size) => product * size))]);
    }

    /// <summary>Resident memory from <c>/proc/self/statm</c>, for example <c>5678 1234 ...</c>: the second field in pages.</summary>
    private static double ResidentBytes() =>
        double.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    /// <summary>Slope of the least-squares line.</summary>
    private static double Slope(List<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(static p => p.X), points.Average(static p => p.Y));
        return points.Sum(p => (p.X - x) * (p.Y - y)) / points.Sum(p => (p.X - x) * (p.X - x));
    }
}

/// <summary>What a soak saw.</summary>
/// <param name="Runs">Inferences.</param>
/// <param name="Seconds">Time that they took.</param>
/// <param name="StartBytes">Resident memory at the start, after the warm-up.</param>
/// <param name="MiddleBytes">In the middle.</param>
/// <param name="EndBytes">At the end.</param>
/// <param name="BytesPerThousandRuns">Slope of the least-squares line through 200 readings.</param>
public sealed record SoakReport(int Runs, double Seconds, long StartBytes, long MiddleBytes, long EndBytes, double BytesPerThousandRuns);
