using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Tests.Agent.Sensors;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Agent.Benchmarking;

/// <summary>The whole agent with a real model installed, on a board whose sensor is a file that says 5 W.</summary>
internal static class MeasuringBoard
{
    public const double Watts = 5;

    private static readonly byte[] Model = ModelSynthesizer.Write("squeezenet1_1");

    public static string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Model));

    public static FakeTree Tree() => new(
        ("class/hwmon/hwmon0/name", "ina219"), ("class/hwmon/hwmon0/curr1_input", $"{Watts / 5 * 1000}"), ("class/hwmon/hwmon0/in1_input", "5000"),
        ("class/thermal/thermal_zone0/type", "cpu-thermal"), ("class/thermal/thermal_zone0/temp", "48500"),
        ("devices/system/cpu/cpufreq/policy0/scaling_governor", "schedutil"), ("devices/system/cpu/cpufreq/policy0/scaling_min_freq", "600000"),
        ("devices/system/cpu/cpufreq/policy0/scaling_max_freq", "1800000"));

    public static void Unplug(FakeTree sys)
    {
        foreach (var file in (string[])["curr1_input", "in1_input"])
            sys.Write("class/hwmon/hwmon0/" + file, "garbage");
    }

    public static DesiredModel Desired() => new()
    {
        DeploymentId = "d1",
        Model = "squeezenet1_1",
        FileName = "squeezenet1_1.onnx",
        Sha256 = Sha256,
        SizeBytes = Model.Length,
        Path = "/models/squeezenet1_1.onnx",
    };

    public static async Task<AgentInProcess> StartAsync(FakeTree sys, Action<string>? prepare = null, string? serverOrSetting = null, params string[] more)
    {
        var server = serverOrSetting?.StartsWith("http", StringComparison.Ordinal) == true ? serverOrSetting : "http://127.0.0.1:9";
        // A sensor that always says the same may be read late: a machine that runs many tests at once bridges no gap otherwise.
        string[] settings = [$"SysRoot={sys.Root}", "Inference:Threads=1", "Power:MaximumGap=00:00:02", .. serverOrSetting is not null && server != serverOrSetting ? [serverOrSetting] : Array.Empty<string>(), .. more];
        var agent = await AgentInProcess.StartAsync(server, directory =>
        {
            Directory.CreateDirectory(Path.Combine(directory, "artifacts"));
            File.WriteAllBytes(Path.Combine(directory, "artifacts", Sha256 + ".onnx"), Model);
            var current = new JsonObject
            {
                ["deployment_id"] = "d1",
                ["model"] = "squeezenet1_1",
                ["file"] = Sha256 + ".onnx",
                ["sha256"] = Sha256,
                ["size_bytes"] = Model.Length,
                ["rate_per_second"] = 20,
            };
            File.WriteAllText(Path.Combine(directory, "state.json"), new JsonObject { ["schema"] = 1, ["reached_revision"] = 3, ["current"] = current }.ToJsonString());
            prepare?.Invoke(directory);
        }, settings);
        var store = agent.Host.Services.GetRequiredService<AgentStateStore>();
        await Eventually.ShouldAsync(() => agent.Host.Services.GetRequiredService<InferenceEngine>().Active is not null && store.State.Attempt is null);
        await agent.Host.Services.GetRequiredService<EnergyManager.Agent.Sampling.Sampler>().FirstSample;
        return agent;
    }
}
