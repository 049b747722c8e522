using System.CommandLine;
using System.Globalization;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Export;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Cli;

/// <summary><c>predictor export</c>: the predictor as an ONNX file that any runtime evaluates.</summary>
internal static class PredictorExportCommand
{
    private const string Measured = "measured";
    private const string Static = "static";

    public static Command Create(CliConsole console, CliServices services)
    {
        var (device, json) = (CommandLine.DeviceOption(), CommandLine.JsonOption());
        var output = new Option<FileInfo>("--output") { Description = "The file to write, for example energy.onnx.", Required = true };
        var mode = new Option<string>("--mode")
        {
            Description = "measured: for networks that ran on the device; static: for those that did not.",
            DefaultValueFactory = _ => Measured,
        };
        mode.AcceptOnlyFromAmong(Measured, Static);
        var command = new Command("export", "Writes the predictor of a device type as an ONNX file that any runtime evaluates") { device, output, mode, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var type = services.Device(parsed.GetValue(device)).Device;
            await services.Get<PredictorHost>().StartAsync(cancellationToken);
            var model = (await services.Get<IPredictorProvider>().GetAsync(cancellationToken)).Model(type.Id);
            var word = parsed.GetRequiredValue(mode);
            var bytes = PredictorExporter.Write(model, word == Static ? PredictionMode.Static : PredictionMode.MeasuredLatency);
            var path = parsed.GetRequiredValue(output).FullName;
            await WriteWholeAsync(path, bytes, cancellationToken);
            if (parsed.GetValue(json))
                console.WriteJson(new { Device = type.Id, Mode = word, model.Info.Version, SizeBytes = bytes.Length, Path = path });
            else
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {type.Name}, {word} mode, version {model.Info.Version}, {bytes.Length / 1e6:0.0} MB"));
            return 0;
        });
        return command;
    }

    /// <summary>A file of that name is replaced when the new one is complete, and not before.</summary>
    private static async Task WriteWholeAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(path);
        if (!Directory.Exists(folder))
            throw new CliException($"--output: there is no folder '{folder}'.");
        if (Directory.Exists(path))
            throw new CliException($"--output: '{path}' is a folder; name a file.");
        var part = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            await File.WriteAllBytesAsync(part, bytes, cancellationToken);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
