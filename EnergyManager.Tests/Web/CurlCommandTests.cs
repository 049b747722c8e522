using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Components.Shell;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web;

/// <summary>Every command that the dashboard copies, run by a real shell against the real server.</summary>
public sealed class CurlCommandTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly PredictorForm Form = new() { ModelName = "it's a \"model\" $HOME `id`", ParamsM = 5.5, Gmacs = 0.22, SizeMb = 21, LatencyMs = 18.5, InputSize = 192, Inferences = 200 };

    [Fact]
    public async Task Models_Run_AnswersEveryModelOfTheBoard()
    {
        var (status, answer) = await RunAsync(ApiCalls.Models("jetson-nano"));

        status.ShouldBe(200);
        answer["models"]!.AsArray().Count.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Recommended_Run_KeepsEveryLimit()
    {
        var limits = new ModelConstraints { MaxEnergyMwh = 40.5, MaxSizeMb = 25, MaxLatencyS = 0.05, MinTop1 = 60, MaxMemoryMb = 500, Limit = 7, Readiness = ExecutionReadiness.Obtainable };

        var (status, answer) = await RunAsync(ApiCalls.Recommended("jetson-nano", limits));

        status.ShouldBe(200, answer.ToJsonString());
        var models = answer["models"]!.AsArray();
        models.Count.ShouldBeInRange(1, 7);
        foreach (var model in models)
        {
            model!["energy_mwh"]!.GetValue<double>().ShouldBeLessThanOrEqualTo(40.5);
            model["size_mb"]!.GetValue<double>().ShouldBeLessThanOrEqualTo(25);
        }
    }

    [Fact]
    public async Task Predict_OfAFilledForm_IsUnderstoodWithoutALoss()
    {
        var command = ApiCalls.Predict(Form, "jetson-nano", null);
        var (status, answer) = await RunAsync(command!);

        status.ShouldBe(200, answer.ToJsonString());
        answer["model_name"]!.GetValue<string>().ShouldBe(Form.ModelName);
        answer["inferences"]!.GetValue<int>().ShouldBe(200);
        answer["latency_avg_s"]?.GetValue<double>().ShouldBe(0.0185, 1e-9);
    }

    [Fact]
    public void Predict_OfAFormWithAGap_HasNoCommand() => ApiCalls.Predict(Form with { Gmacs = null }, "jetson-nano", null).ShouldBeNull();

    [Theory]
    [InlineData("de")]
    [InlineData("vi")]
    public void Numbers_WithADecimalComma_StandWithAPoint(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            ApiCalls.Predict(Form, null, null)!.Write(server.Http.BaseAddress!).ShouldContain("\"params_m\":5.5,");
            ApiCalls.Recommended(null, new ModelConstraints { MaxEnergyMwh = 12.25 }).Path.ShouldContain("max_energy=12.25");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Deploy_ToADeviceThatIsNotThere_IsRefusedForThatAndNothingElse()
    {
        foreach (var command in new[] { ApiCalls.Deploy("squeezenet1_1", "no-such-device", null, 58.5), ApiCalls.Deploy("squeezenet1_1", null, "10.1.2.3", null), ApiCalls.Deploy("squeezenet1_1", ["one", "two"], 10) })
        {
            var (status, answer) = await RunAsync(command);
            status.ShouldBeOneOf(404, 409);
            answer["errors"]!.AsObject().Select(error => error.Key).ShouldAllBe(field => field == "device_id" || field == "bbb_ip" || field == "device_ids");
        }
    }

    [Fact]
    public async Task Reads_Run_AreAnswered()
    {
        foreach (var (command, member) in new[]
        {
            (ApiCalls.Devices(), "devices"), (ApiCalls.Deployments(null), "deployments"), (ApiCalls.EnergyModel("jetson-nano"), "features"), (ApiCalls.Thresholds("jetson-nano"), "device_type"),
        })
        {
            var (status, answer) = await RunAsync(command);
            status.ShouldBe(200, command.Path);
            answer.AsObject().ContainsKey(member).ShouldBeTrue($"{command.Path}: {answer.ToJsonString()[..Math.Min(300, answer.ToJsonString().Length)]}");
        }
    }

    [Fact]
    public async Task RequestsOfADevice_ThatIsNotThere_NameIt()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var command in new[] { ApiCalls.Telemetry("a b/c'd", now.AddMinutes(-5), now), ApiCalls.DeviceEnergy("a b"), ApiCalls.Rollback("a?b") })
        {
            var (status, answer) = await RunAsync(command);
            status.ShouldBe(404, command.Path);
            answer["errors"]!["device_id"].ShouldNotBeNull(command.Path);
        }
    }

    [Fact]
    public async Task Balena_WithoutAToken_SaysThatItIsNotConfigured()
    {
        var (status, answer) = await RunAsync(ApiCalls.BalenaDevices("org/my fleet", onlineOnly: true));

        status.ShouldBeGreaterThanOrEqualTo(400);
        answer.ToJsonString().ShouldContain("BALENA_API_TOKEN");
    }

    [Fact]
    public async Task Write_ForAnotherMachine_TakesTheKeyFromTheShell()
    {
        var command = ApiCalls.Deploy("it's", "$(touch /tmp/x)`id`", null, null).Write(new Uri("https://energy.example:8443/"));

        // The shell itself says what it would hand to the program.
        var seen = await ShellAsync($"curl() {{ printf '%s\\n' \"$@\"; }}; {command}", ("ENERGYMANAGER_API_KEY", "abc123"));

        seen.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "-sS", "-X", "POST", "-H", "Authorization: Bearer abc123", "-H", "Content-Type: application/json",
            "-d", "{\"device_id\":\"$(touch /tmp/x)`id`\",\"model_name\":\"it's\"}", "https://energy.example:8443/api/deploy",
        ]);
        command.ShouldNotContain("abc123");
    }

    [Fact]
    public void Write_ForLoopback_NeedsNoKey() =>
        ApiCalls.Devices().Write(new Uri("http://127.0.0.1:5260/")).ShouldBe("curl -sS 'http://127.0.0.1:5260/api/devices'");

    private async Task<(int Status, JsonNode Answer)> RunAsync(CurlCommand command)
    {
        var output = await ShellAsync(command.Write(server.Http.BaseAddress!) + " -w '\\n%{http_code}'");
        var cut = output.LastIndexOf('\n');
        return (int.Parse(output[(cut + 1)..], CultureInfo.InvariantCulture), JsonNode.Parse(output[..cut])!);
    }

    private static async Task<string> ShellAsync(string command, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["no_proxy"] = "*";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var shell = Process.Start(start)!;
        var error = shell.StandardError.ReadToEndAsync();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        shell.ExitCode.ShouldBe(0, $"{command}\n{await error}");
        return output;
    }
}
