using System.CommandLine;
using System.Globalization;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Library;
using Spectre.Console;

namespace EnergyManager.Web.Cli;

/// <summary><c>models download</c>: a bar on a terminal, lines elsewhere, nothing but the result with <c>--json</c>.</summary>
internal static class DownloadCommand
{
    public static Command Create(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var name = new Argument<string>("name") { Description = "Model name, for example mobilenetv3_small_075." };
        var command = new Command("download", "Fetches a model into the store. Ctrl+C stops it; the next time it goes on from there") { name, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var model = parsed.GetRequiredValue(name);
            var asJson = parsed.GetValue(json);
            var last = new LastStep();
            try
            {
                var artifact = asJson ? await FetchAsync(services, model, last, _ => { }, cancellationToken)
                    : console.IsTerminal ? await WithBarAsync(console, services, model, last, cancellationToken)
                    : await FetchAsync(services, model, last, new ProgressLines(console.Error, services.Get<TimeProvider>()).Add, cancellationToken);
                ModelCommands.Show(console, artifact, asJson);
                if (!asJson && artifact.Format != ".onnx")
                    console.WriteLine("The agent runs ONNX only: it can deliver this file, but not run it.");
                return 0;
            }
            catch (OperationCanceledException) when (last.Step is { Bytes: > 0 } step)
            {
                throw new CliException($"Cancelled at {Sizes(step)}. What came is kept for a day: run the command again and it goes on from there.");
            }
        });
        return command;
    }

    private static Task<ModelArtifact> FetchAsync(CliServices services, string model, LastStep last, Action<FetchProgress> report, CancellationToken cancellationToken)
    {
        last.Report = report;
        return services.Get<IModelLibrary>().FetchAsync(model, last, cancellationToken);
    }

    private static Task<ModelArtifact> WithBarAsync(CliConsole console, CliServices services, string model, LastStep last, CancellationToken cancellationToken) =>
        console.People.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn { Base = FileSizeBase.Decimal }, new TransferSpeedColumn { Base = FileSizeBase.Decimal }, new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(model), autoStart: true, maxValue: 1);
                task.IsIndeterminate = true;
                var artifact = await FetchAsync(services, model, last, Show, cancellationToken);
                task.IsIndeterminate = false;
                (task.MaxValue, task.Value, task.Description) = (artifact.SizeBytes, artifact.SizeBytes, Markup.Escape(artifact.FileName));
                return artifact;

                void Show(FetchProgress step)
                {
                    task.Description = Markup.Escape($"{model}: {Words(step)}");
                    task.IsIndeterminate = step.TotalBytes is null;
                    if (step.TotalBytes is { } total)
                        (task.MaxValue, task.Value) = (Math.Max(1, total), step.Bytes);
                }
            });

    /// <summary>What is being done, in a few words.</summary>
    private static string Words(FetchProgress step) => step.Stage switch
    {
        FetchStage.Searching => $"asking {step.Source}",
        FetchStage.Waiting => string.Create(CultureInfo.InvariantCulture, $"{step.Source}: waiting {step.Wait?.TotalSeconds:0.#} s"),
        FetchStage.Exporting => step.Note ?? $"{step.Source} is at work",
        FetchStage.Storing => "checking and storing",
        _ => step.Source,
    };

    private static string Sizes(FetchProgress step) => string.Create(
        CultureInfo.InvariantCulture, $"{step.Bytes / 1e6:0.0}{(step.TotalBytes is { } total ? $" of {total / 1e6:0.0}" : "")} MB");

    /// <summary>Passes progress on at once and remembers it.</summary>
    private sealed class LastStep : IProgress<FetchProgress>
    {
        public FetchProgress? Step { get; private set; }

        public Action<FetchProgress> Report { get; set; } = _ => { };

        void IProgress<FetchProgress>.Report(FetchProgress value)
        {
            Step = value;
            Report(value);
        }
    }

    /// <summary>Progress as lines: one for each thing that is begun, then one every few seconds.</summary>
    private sealed class ProgressLines(TextWriter writer, TimeProvider time)
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

        private (string Words, long At)? _said;

        public void Add(FetchProgress step)
        {
            var words = Words(step);
            if (_said is { } said && said.Words == words && time.GetElapsedTime(said.At) < Every)
                return;
            _said = (words, time.GetTimestamp());
            writer.WriteLine(step.Stage == FetchStage.Downloading ? $"{words}: {Sizes(step)}" : words);
        }
    }
}
