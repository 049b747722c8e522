using System.CommandLine;
using System.Globalization;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Cli;

/// <summary><c>models recommend</c>: what a board can afford, as REST answers it.</summary>
internal static class RecommendCommand
{
    public static Command Create(CliConsole console, CliServices services)
    {
        var (device, json) = (CommandLine.DeviceOption(), CommandLine.JsonOption());
        var usual = new ModelConstraints();
        var deviceId = new Option<string?>("--device-id") { Description = "Device whose own measurements correct energies and latencies.", HelpName = "id" };
        var energy = new Option<double>("--max-energy") { Description = "Energy of the standard run at most, in mWh.", HelpName = "mWh", DefaultValueFactory = _ => usual.MaxEnergyMwh };
        var size = new Option<double>("--max-size") { Description = "Size at most, in MB.", HelpName = "MB", DefaultValueFactory = _ => usual.MaxSizeMb };
        var latency = new Option<double>("--max-latency") { Description = "Latency of one inference at most, in seconds.", HelpName = "s", DefaultValueFactory = _ => usual.MaxLatencyS };
        var top1 = new Option<double?>("--min-top1") { Description = "ImageNet top-1 accuracy at least, in percent.", HelpName = "%" };
        var memory = new Option<double?>("--max-memory") { Description = "Memory that the model needs at most, in MB.", HelpName = "MB" };
        var executable = new Option<string>("--executable") { Description = "ready: in the store as ONNX; obtainable: also what may be fetched; any.", DefaultValueFactory = _ => "any" };
        executable.AcceptOnlyFromAmong("ready", "obtainable", "any");
        var limit = new Option<int>("--limit") { Description = "Rows at most.", DefaultValueFactory = _ => usual.Limit };
        var command = new Command("recommend", "Models within energy, size, latency, accuracy and memory limits, best first, with what was left out and why")
        {
            device, deviceId, energy, size, latency, top1, memory, executable, limit, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var id = parsed.GetValue(deviceId);
            var type = parsed.GetValue(device);
            if (id is not null)
                type ??= (services.Get<Fleet.DeviceRegistry>().Find(id) ?? throw new CliException($"--device-id: no device is known as '{id}'.")).DeviceType;
            var library = await services.LibraryAsync(cancellationToken);
            var listing = await library.RecommendAsync(
                services.Device(type).Requested,
                new ModelConstraints
                {
                    MaxEnergyMwh = parsed.GetValue(energy),
                    MaxSizeMb = parsed.GetValue(size),
                    MaxLatencyS = parsed.GetValue(latency),
                    MinTop1 = parsed.GetValue(top1),
                    MaxMemoryMb = parsed.GetValue(memory),
                    Readiness = parsed.GetValue(executable) switch { "ready" => ExecutionReadiness.Ready, "obtainable" => ExecutionReadiness.Obtainable, _ => ExecutionReadiness.DeliveredOnly },
                    DeviceId = id,
                    Limit = parsed.GetValue(limit),
                },
                cancellationToken);
            if (parsed.GetValue(json))
                console.WriteJson(Api.Json.ModelsAnswer.From(listing));
            else
                Write(console, listing);
            return 0;
        });
        return command;
    }

    private static void Write(CliConsole console, ModelListing listing)
    {
        if (listing.Note is { } note)
            console.WriteLine(note);
        console.WriteTable(
            ["rank", "model", "standard run (mWh)", "latency (ms)", "top-1 (%)", "MB", "memory (MB)", "Pareto", "reason"],
            listing.Models.Select(m => (IReadOnlyList<string>)
            [
                m.Rank?.ToString(CultureInfo.InvariantCulture) ?? "", m.Model, Text(m.EnergyMwh, "0.0"), Text(m.LatencyAvgS * 1000, "0.0"), Text(m.Top1, "0.0"), Text(m.SizeMb, "0.0"),
                Text(m.MemoryMb, "0"), m.Pareto == true ? "yes" : "", m.Reason ?? "",
            ]));
        if (listing.Recommendation is not { } answer)
            return;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer.Fitting} of {answer.Considered} models fit."));
        foreach (var excluded in answer.Excluded)
            console.WriteLine(excluded.ToString());
        if (answer.Advice is { } advice)
            console.WriteLine(advice.ToString());
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
