using System.Globalization;

namespace EnergyManager.Benchmarks.Soak;

/// <summary><c>soak [--model FILE] [--runs N]</c>: whether memory grows while a model runs. Without a file it takes a small network: what a run leaves behind does not depend on its size.</summary>
internal static class SoakCommand
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        string? model = null;
        var runs = 100_000;
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            switch (arguments[i])
            {
                case "--model":
                    model = arguments[i + 1];
                    break;
                case "--runs" when int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out runs) && runs is >= 100 and <= 100_000_000:
                    break;
                default:
                    throw new FormatException($"'{arguments[i]} {arguments[i + 1]}' is not understood: use --model FILE and --runs 100..100000000.");
            }
        }

        var directory = Directory.CreateTempSubdirectory("em-soak-");
        try
        {
            if (model is null)
            {
                model = Path.Combine(directory.FullName, "small.onnx");
                await File.WriteAllBytesAsync(model, SmallModel.Write(), cancellationToken);
            }

            var report = RunSoak.Run(model, runs, cancellationToken);
            await Console.Out.WriteLineAsync(FormattableString.Invariant(
                $"{report.Runs} runs in {report.Seconds:0.0} s. Resident memory: {report.StartBytes / 1e6:0.00} MB at the start, {report.MiddleBytes / 1e6:0.00} MB in the middle, {report.EndBytes / 1e6:0.00} MB at the end; slope {report.BytesPerThousandRuns:0} bytes per 1000 runs."));
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
