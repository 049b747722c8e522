using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Agent.Connection;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnergyManager.Tests.Agent.Inference.Worker;

/// <summary>The agent's program with a model that it ran before, and the process that it runs it in.</summary>
public sealed class AgentWithWorkerTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeServer _server = new();
    private readonly int _port = FreePort();
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}"), Timeout = Eventually.Patience };
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task WorkerKilled_TelemetryGoesOnTheModelComesBackAndAtLastTheOneBeforeIt()
    {
        Install(current: Model("sum", WorkerModelRunnerTests.AddModel(), "d2"), previous: Model("squeezenet1_1", ModelSynthesizer.Write("squeezenet1_1"), "d1"));
        await using var agent = Start();
        for (var kill = 1; kill <= 3; kill++)
        {
            await SamplesAsync(s => s.Inference is { Model: "sum", Count: > 0 });
            // A fault of the processor in native code, as far as a signal can play it.
            var worker = Children(agent.Id).ShouldHaveSingleItem();
            var seen = _server.Stored.Count;
            await WorkerModelRunnerTests.SignalUntilGoneAsync(worker, kill == 2 ? "KILL" : "SEGV");
            // The third is the one too many: its window goes with the model.
            if (kill < 3)
                await SamplesAsync(s => s.Inference is { Errors: > 0 }, seen);
        }

        await SamplesAsync(s => s.Inference is { Model: "squeezenet1_1", Count: > 0 });

        agent.HasExited.ShouldBeFalse();
        Children(agent.Id).ShouldHaveSingleItem();
        await Eventually.ShouldAsync(() => _server.Reports.Any(r => r.State == DeploymentState.RolledBack));
        var report = _server.Reports.Single(r => r.State == DeploymentState.RolledBack);
        report.DeploymentId.ShouldBe("d2");
        report.Reason.ShouldNotBeNull().ShouldContain("The inference process died: signal ");
        // Windows of 100 ms, one after the other, through all of it.
        var samples = _server.Stored.OrderBy(s => s.Sequence).ToList();
        samples.Select(s => s.Sequence).ShouldBe(Enumerable.Range(1, samples.Count).Select(i => (long)i));
        samples.Max(s => s.DurationS).ShouldBeLessThan(3);
    }

    [Fact]
    public async Task Agent_WithoutAModel_HasNoOtherProcess()
    {
        await using var agent = Start();

        await Eventually.ShouldAsync(() => _server.Stored.Count > 5);

        Children(agent.Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task AgentKilled_TheWorkerEndsWithIt()
    {
        Install(Model("squeezenet1_1", ModelSynthesizer.Write("squeezenet1_1"), "d1"), previous: null);
        await using var agent = Start();
        await SamplesAsync(s => s.Inference is { Count: > 0 });
        var worker = Children(agent.Id).ShouldHaveSingleItem();

        await SignalAsync(agent.Id, "KILL");

        await Eventually.ShouldAsync(() => !Directory.Exists($"/proc/{worker}"));
    }

    [Fact]
    public async Task Predict_OverHttp_AnswersAndRefusesWithTheFieldNamed()
    {
        Install(Model("sum", WorkerModelRunnerTests.AddModel(), "d1"), previous: null);
        await using var agent = Start();
        await SamplesAsync(s => s.Inference is { Count: > 0 });

        using var good = await _http.PostAsync("/predict", Body("""{"inputs":[{"name":"a","shape":[2],"data":[1,2.5]},{"name":"b","shape":[2],"type":"float","data":["NaN",[4]]}]}"""));
        var answer = (await good.Content.ReadFromJsonAsync<JsonNode>())!;
        using var unknown = await _http.PostAsync("/predict", Body("""{"inputs":[{"name":"c","shape":[1],"data":[1]}]}"""));
        using var missing = await _http.PostAsync("/predict", Body("""{"inputs":[{"name":"a","shape":[1],"data":[1]}]}"""));
        using var length = await _http.PostAsync("/predict", Body("""{"inputs":[{"name":"a","shape":[3],"data":[1]}]}"""));
        using var kind = await _http.PostAsync("/predict", Body("""{"inputs":[{"name":"a","shape":[1],"data":["one"]}]}"""));
        using var large = await _http.PostAsync("/predict", Body(new string(' ', 70_000)));
        var signature = await _http.GetFromJsonAsync<JsonNode>("/predict");

        ((int)good.StatusCode, answer["model"]!.GetValue<string>(), answer["deployment_id"]!.GetValue<string>()).ShouldBe((200, "sum", "d1"));
        answer["latency_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        answer["outputs"]![0]!.ToJsonString().ShouldBe("""{"name":"y","type":"float","shape":[2],"data":["NaN",6.5]}""");
        await ProblemAsync(unknown, 400, "inputs[0].name", "is 'c', which is no input of this model; it takes: a float [?]; b float [?].");
        await ProblemAsync(missing, 400, "Input 'b' is missing");
        await ProblemAsync(length, 400, "inputs[0].shape", "takes 12 bytes, not 4");
        await ProblemAsync(kind, 400, "inputs[0].data", "'one' is no number");
        ((int)large.StatusCode).ShouldBe(413);
        signature!["inputs"]!.AsArray().Select(i => i!["name"]!.GetValue<string>()).ShouldBe(["a", "b"]);
    }

    private static async Task ProblemAsync(HttpResponseMessage response, int status, params string[] words)
    {
        var text = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        ((int)response.StatusCode).ShouldBe(status, text);
        foreach (var word in words)
            text.ShouldContain(word);
    }

    private static StringContent Body(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private TestProcess Start() => TestProcess.Start(
        Outputs.Agent,
        [
            $"--EnergyManager:Agent:Server={_server.Address}",
            $"--EnergyManager:Agent:DataDirectory={_directory.Path}",
            "--EnergyManager:Agent:SampleInterval=00:00:00.100",
            $"--EnergyManager:Agent:LocalApi:Port={_port}",
            "--EnergyManager:Agent:Inference:Threads=1",
            "--EnergyManager:Agent:Inference:MinimumRestartDelay=00:00:00.100",
            "--EnergyManager:Agent:Inference:MaximumPredictionBytes=65536",
        ],
        new Dictionary<string, string>());

    private InstalledModel Model(string name, byte[] content, string deploymentId)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        Directory.CreateDirectory(_directory["artifacts"]);
        File.WriteAllBytes(Path.Combine(_directory["artifacts"], sha256 + ".onnx"), content);
        return new InstalledModel
        {
            DeploymentId = deploymentId,
            Model = name,
            File = sha256 + ".onnx",
            Sha256 = sha256,
            SizeBytes = content.Length,
            RatePerSecond = 50,
        };
    }

    private void Install(InstalledModel current, InstalledModel? previous) =>
        new AgentStateStore(_directory["state.json"], NullLogger<AgentStateStore>.Instance).Commit(state => state with { Current = current, Previous = previous });

    /// <summary>Waits for a sample that comes from now on, or after those seen.</summary>
    private async Task SamplesAsync(Func<TelemetrySample, bool> condition, int? seen = null)
    {
        var before = seen ?? _server.Stored.Count;
        await Eventually.ShouldAsync(() => _server.Stored.Skip(before).Any(condition));
    }

    /// <summary>Children of a process, from the fourth field of <c>/proc/[pid]/stat</c>.</summary>
    private static IReadOnlyList<int> Children(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == parent),
    ];

    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? 0 : int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{process}"]) { RedirectStandardError = true, UseShellExecute = false })!;
        await kill.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
