using System.Text.Json;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Cli;

namespace EnergyManager.Tests.Web.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(true, "models", "list")]
    [InlineData(true, "nonsense")]
    [InlineData(true, "--help")]
    [InlineData(false)]
    [InlineData(false, "--urls", "http://localhost:5001")]
    [InlineData(false, "--EnergyManager:DataDirectory=/data")]
    [InlineData(false, "EnergyManager:DataDirectory=/data")]
    public void IsCommand_Arguments_TellCommandsFromSettings(bool expected, params string[] args) => CommandLine.IsCommand(args).ShouldBe(expected);

    [Theory]
    [InlineData(2, "nonsense", "nonsense")]
    [InlineData(2, "predictor evaluate --nonsense", "--nonsense")]
    [InlineData(2, "predictor evaluate --repeats 0", "--repeats")]
    [InlineData(2, "predictor export", "--output")]
    [InlineData(1, "predictor export --output x.onnx --device toaster", "toaster")]
    [InlineData(2, "models inspect", "inspect")]
    [InlineData(1, "predictor evaluate --device toaster", "toaster")]
    [InlineData(1, "models inspect /no/such/file.onnx", "file.onnx")]
    [InlineData(1, "benchmarks audit /no/such/file.csv", "file.csv")]
    [InlineData(1, "models synthesize nonsense", "nonsense")]
    [InlineData(1, "devices enrol nano --type toaster", "toaster")]
    [InlineData(1, "user api-key --revoke none", "none")]
    public async Task Run_Mistake_IsOneLineThatNamesIt(int exitCode, string command, string named)
    {
        var (exit, output, error) = await RunAsync(command.Split(' '));

        exit.ShouldBe(exitCode, error);
        output.ShouldBeEmpty();
        error.TrimEnd().ReplaceLineEndings("\n").Split('\n').Length.ShouldBe(1, error);
        error.ShouldContain(named);
    }

    [Fact]
    public async Task Evaluate_FileWithMissingColumns_NamesThem()
    {
        await File.WriteAllTextAsync(_directory["bad.csv"], "model,params_m\nresnet18,11.7\n");
        var (exit, _, error) = await RunAsync("benchmarks", "audit", _directory["bad.csv"]);
        exit.ShouldBe(1);
        error.ShouldContain("gmacs");
    }

    [Fact]
    public async Task Audit_FileWithBadRows_AuditsTheOthersAndFails()
    {
        await File.WriteAllTextAsync(_directory["mixed.csv"], """
            model,params_m,gmacs,size_mb,input_width,input_height,run_duration_s,run_energy_mwh
            resnet18,11.69,1.82,44.68,224,224,11.6,21.4
            resnet34,"21,8",3.67,83.3,224,224,22,41
            """);

        var (exit, output, error) = await RunAsync("benchmarks", "audit", _directory["mixed.csv"], "--device", "jetson-nano");
        exit.ShouldBe(1, error);
        output.ShouldContain("mixed.csv line 3, column params_m: cannot be read. '21,8' is not a number. Use digits and a decimal point: 21.8.");
        output.ShouldContain("jetson-nano: 1 rows read");

        (exit, output, error) = await RunAsync("benchmarks", "audit", _directory["mixed.csv"], "--device", "jetson-nano", "--json");
        exit.ShouldBe(1, error);
        using var report = JsonDocument.Parse(output);
        report.RootElement.GetProperty("rows_unreadable").GetInt32().ShouldBe(1);
        var field = report.RootElement.GetProperty("unreadable")[0];
        (field.GetProperty("line").GetInt32(), field.GetProperty("column").GetString()).ShouldBe((3, "params_m"));
        report.RootElement.GetProperty("rows")[0].GetProperty("published").GetProperty("gmacs").GetDouble().ShouldBe(1.82);
    }

    [Fact]
    public async Task Synthesize_ThenInspect_PrintsTheContract()
    {
        var (exit, output, error) = await RunAsync("models", "synthesize", "squeezenet1_1", "--json");
        exit.ShouldBe(0, error);
        using var artifact = JsonDocument.Parse(output);
        artifact.RootElement.GetProperty("random_weights").GetBoolean().ShouldBeTrue();
        File.ReadAllBytes(Path.Combine(_directory["store"], "squeezenet1_1.onnx")).ShouldBe(ModelSynthesizer.Write("squeezenet1_1"));

        (exit, output, error) = await RunAsync("models", "inspect", Path.Combine(_directory["store"], "squeezenet1_1.onnx"), "--json");
        exit.ShouldBe(0, error);
        using var inspection = JsonDocument.Parse(output);
        foreach (var field in (string[])["params_m", "gmacs", "activations_m", "size_mb", "precision", "inputs", "outputs", "opset", "operators"])
            inspection.RootElement.TryGetProperty(field, out _).ShouldBeTrue(field);
    }

    [Fact]
    public async Task Enrol_Device_ShowsACredentialThatTheStoreOnlyKeepsHashed()
    {
        var (exit, output, error) = await RunAsync("devices", "enrol", "nano-1", "--type", "jetson-nano", "--json");
        exit.ShouldBe(0, error);
        using var answer = JsonDocument.Parse(output);
        var token = answer.RootElement.GetProperty("token").GetString()!;
        token.ShouldStartWith(answer.RootElement.GetProperty("device_id").GetString() + ".");
        foreach (var file in Directory.GetFiles(_directory["data"], "*", SearchOption.AllDirectories))
            (await File.ReadAllTextAsync(file)).ShouldNotContain(token.Split('.')[1]);
    }

    [Fact]
    public async Task Enrol_Device_PrintsTheLineForTheBoard()
    {
        var (exit, output, error) = await RunAsync("devices", "enrol", "nano-1", "--server", "https://energy.example:5000");
        exit.ShouldBe(0, error);
        var token = output.Split('\n').Single(l => l.StartsWith("token:", StringComparison.Ordinal))["token:".Length..].Trim();
        output.TrimEnd().Split('\n')[^1].ShouldBe($" printf '%s\\n' '{token}' | sudo ./enrol.sh https://energy.example:5000");
    }

    [Theory]
    [InlineData("energy.example")]
    [InlineData("http://x;reboot")]
    public async Task Enrol_ServerThatAShellWouldRead_IsRefused(string server)
    {
        var (exit, output, error) = await RunAsync("devices", "enrol", "nano-1", "--server", server);
        exit.ShouldNotBe(0);
        error.ShouldContain("--server");
        output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("short", 1)]
    [InlineData("a password that is long enough", 0)]
    public async Task SetPassword_FromPipe_IsCheckedAndNeverShown(string password, int exitCode)
    {
        var (exit, output, error) = await RunWithInputAsync(password, "user", "set-password");
        exit.ShouldBe(exitCode, error);
        (output + error).ShouldNotContain(password);
    }

    [Fact]
    public async Task ApiKey_MadeAndTakenBack_IsListed()
    {
        var (_, output, _) = await RunAsync("user", "api-key", "ci", "--json");
        using var made = JsonDocument.Parse(output);
        var id = made.RootElement.GetProperty("key").GetString()!.Split('_')[1];
        (await RunAsync("user", "api-key", "--revoke", id)).Exit.ShouldBe(0);
        (_, output, _) = await RunAsync("user", "api-key", "--list", "--json");
        using var list = JsonDocument.Parse(output);
        var key = list.RootElement.GetProperty("keys")[0];
        key.GetProperty("id").GetString().ShouldBe(id);
        key.GetProperty("revoked_at").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task Process_UnknownCommand_EndsWithTwoAndStartsNoServer()
    {
        await using var process = TestProcess.Start(Outputs.Web, ["nonsense"], new Dictionary<string, string> { ["EnergyManager__DataDirectory"] = _directory["data"] });
        (await process.WaitForExitAsync(Eventually.Patience)).ShouldBe(2);
        process.Output.ShouldContain("Unknown command 'nonsense'");
        Directory.Exists(_directory["data"]).ShouldBeFalse();
    }

    public void Dispose() => _directory.Dispose();

    private Task<(int Exit, string Output, string Error)> RunAsync(params string[] args) => RunWithInputAsync("", args);

    private async Task<(int Exit, string Output, string Error)> RunWithInputAsync(string input, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var console = new CliConsole(new StringReader(input), output, error, isInputRedirected: true);
        var exit = await CommandLine.RunAsync(
            [.. args, $"--EnergyManager:DataDirectory={_directory["data"]}", $"--EnergyManager:ModelStore={_directory["store"]}"], console, CancellationToken.None);
        return (exit, output.ToString(), error.ToString());
    }
}
