using System.CommandLine;
using System.Globalization;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Cli;

/// <summary><c>models list|recommend|versions|remove|gc|inspect|download|synthesize</c>.</summary>
internal static class ModelCommands
{
    public static Command Create(CliConsole console, CliServices services) => new("models", "Models and the store of their files")
    {
        List(console, services),
        RecommendCommand.Create(console, services),
        StoreCommands.Versions(console, services),
        StoreCommands.Remove(console, services),
        StoreCommands.Collect(console, services),
        Inspect(console),
        DownloadCommand.Create(console, services),
        Synthesize(console, services),
    };

    private static Command List(CliConsole console, CliServices services)
    {
        var (device, json) = (CommandLine.DeviceOption(), CommandLine.JsonOption());
        var available = new Option<bool>("--available") { Description = "Only models that the store holds." };
        var command = new Command("list", "Lists every model of the benchmark and of the store, with the energy of the standard run") { device, available, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var type = services.Device(parsed.GetValue(device));
            var library = await services.LibraryAsync(cancellationToken);
            var listing = await library.AllAsync(type.Requested, cancellationToken);
            ModelView[] models = [.. listing.Models.Where(model => model.Available || !parsed.GetValue(available))];
            if (parsed.GetValue(json))
            {
                console.WriteJson(new { Models = models, Count = models.Length, listing.DeviceType, listing.Note });
                return 0;
            }

            if (listing.Note is { } note)
                console.WriteLine(note);
            console.WriteTable(
                ["model", "params (M)", "GMACs", "MB", "latency (ms)", "standard run (mWh)", "provenance", "top-1 (%)", "in store"],
                models.Select(m => (IReadOnlyList<string>)
                [
                    m.Model, Text(m.ParamsM, "0.00"), Text(m.Gmacs, "0.000"), Text(m.SizeMb, "0.0"), Text(m.LatencyAvgS * 1000, "0.0"), Text(m.EnergyMwh, "0.0"),
                    m.Provenance, Text(m.Top1, "0.0"), m.RandomWeights ? "random weights" : m.Available ? "yes" : "",
                ]));
            return 0;
        });
        return command;
    }

    private static Command Inspect(CliConsole console)
    {
        var json = CommandLine.JsonOption();
        var file = new Argument<FileInfo>("onnx") { Description = "An ONNX file." };
        var command = new Command("inspect", "Reads parameters, MACs, activations and signature out of an ONNX file") { file, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            var inspection = OnnxInspector.Inspect(path, new InspectorLimits(), cancellationToken);
            var answer = new
            {
                inspection.ParamsM,
                inspection.Gmacs,
                inspection.ActivationsM,
                inspection.SizeMb,
                inspection.Precision,
                inspection.Batch,
                inspection.Inputs,
                inspection.Outputs,
                inspection.Opset,
                inspection.Operators,
                inspection.Producer,
                inspection.RandomWeights,
                inspection.Assumptions,
                inspection.Complete,
                inspection.UnresolvedNodes,
                inspection.Unresolved,
            };
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer);
                return Task.FromResult(0);
            }

            console.WriteTable(
                [Path.GetFileName(path), ""],
                (IReadOnlyList<string>[])
                [
                    ["params_m", Text(answer.ParamsM, "0.####")],
                    ["gmacs", Text(answer.Gmacs, "0.####")],
                    ["activations_m", Text(answer.ActivationsM, "0.####")],
                    ["size_mb", Text(answer.SizeMb, "0.###")],
                    ["precision", answer.Precision?.ToString().ToLowerInvariant() ?? "unknown"],
                    .. answer.Batch > 1 ? [["batch", answer.Batch.ToString(CultureInfo.InvariantCulture)]] : Array.Empty<IReadOnlyList<string>>(),
                    ["inputs", string.Join("; ", answer.Inputs)],
                    ["outputs", string.Join("; ", answer.Outputs)],
                    ["opset", answer.Opset.ToString(CultureInfo.InvariantCulture)],
                    ["operators", string.Join(", ", answer.Operators.Select(o => $"{o.Key} {o.Value}"))],
                    .. answer.RandomWeights ? [["weights", ModelArtifact.RandomWeightsLabel]] : Array.Empty<IReadOnlyList<string>>(),
                    .. answer.Assumptions.Select(a => (IReadOnlyList<string>)["assumed", a]),
                    .. answer.Unresolved.Select(u => (IReadOnlyList<string>)["not counted", u]),
                ]);
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Synthesize(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var name = new Argument<string>("name") { Description = $"Architecture: {string.Join(", ", ModelSynthesizer.Architectures)}." };
        var command = new Command("synthesize", "Writes an architecture as ONNX with random weights into the store: it measures cost, not accuracy") { name, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var artifact = await ModelSynthesizer.SynthesizeAsync(parsed.GetRequiredValue(name), services.Get<IModelStore>(), cancellationToken);
            Show(console, artifact, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    internal static void Show(CliConsole console, ModelArtifact artifact, bool json)
    {
        if (json)
        {
            console.WriteJson(new
            {
                artifact.Model,
                artifact.FileName,
                artifact.Format,
                artifact.SizeBytes,
                artifact.Sha256,
                artifact.RandomWeights,
                Label = artifact.RandomWeights ? ModelArtifact.RandomWeightsLabel : null,
                artifact.Source,
            });
            return;
        }

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{artifact.FileName}, {artifact.SizeBytes / 1e6:0.00} MB, SHA-256 {artifact.Sha256}{(artifact.RandomWeights ? $" ({ModelArtifact.RandomWeightsLabel})" : "")}"));
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
