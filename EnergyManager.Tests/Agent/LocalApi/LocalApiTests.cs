using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using EnergyManager.Agent.LocalApi;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EnergyManager.Tests.Agent.LocalApi;

public sealed class LocalApiTests
{
    private const string NoServer = "http://127.0.0.1:9";

    [Fact]
    public async Task Status_WithoutServer_TellsConnectionSensorsAndOutbox()
    {
        await using var agent = await StartAsync();
        using var http = new HttpClient { BaseAddress = Address(agent) };

        JsonNode status;
        do
            status = JsonNode.Parse(await http.GetStringAsync("/status"))!;
        while (status["connection"]!["state"]!.GetValue<string>() != "disconnected" || status["latest"] is null);

        status["running"].ShouldBeNull();
        status["outbox"]!["depth"]!.GetValue<long>().ShouldBeGreaterThan(0);
        status["outbox"]!["dropped"]!.GetValue<long>().ShouldBe(0);
        status["connection"]!["detail"]!.GetValue<string>().ShouldNotBeEmpty();
        var sensors = status["sensors"]!.AsArray();
        sensors.Select(s => s!["name"]!.GetValue<string>()).ShouldContain("power");
        sensors.ShouldAllBe(s => s!["detail"]!.GetValue<string>().Length > 0);
    }

    [Fact]
    public async Task Metrics_Running_HasTheAgentsOwnCostAndNoLineForWhatIsAbsent()
    {
        await using var agent = await StartAsync("Power:Enabled=false");
        using var http = new HttpClient { BaseAddress = Address(agent) };

        var response = await http.GetAsync("/metrics");
        var text = await response.Content.ReadAsStringAsync();

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        text.ShouldContain("\nprocess_cpu_seconds_total ");
        text.ShouldContain("\nprocess_resident_memory_bytes ");
        text.ShouldContain("\nenergymanager_outbox_dropped_total 0\n");
        text.ShouldNotContain("energymanager_power_watts");
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#').ShouldAllBe(l => l.Split(' ').Length == 2);
    }

    [Fact]
    public async Task Telemetry_PowerIsPosted_CountsAsMeasuredOutside()
    {
        await using var agent = await StartAsync();
        using var http = new HttpClient { BaseAddress = Address(agent) };

        string text;
        do
        {
            using var posted = await http.PostAsync("/telemetry", Json("""{"watts":4.5}"""));
            posted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            text = await http.GetStringAsync("/metrics");
        }
        while (!text.Contains("energymanager_energy_joules_total{provenance=\"measured:external\"} ", StringComparison.Ordinal));

        text.ShouldContain("\nenergymanager_power_watts{provenance=\"measured:external\"} 4.5\n");
        text.ShouldContain("\nenergymanager_sensor_available{sensor=\"power:external\"} 1\n");
    }

    [Theory]
    [InlineData("""{"watts":-1}""", "watts")]
    [InlineData("""{"joules":1e999}""", "joules")]
    [InlineData("""{"watts":1,"time":"2001-01-01T00:00:00Z"}""", "time")]
    [InlineData("""{"wats":1}""", "wats")]
    [InlineData("""{}""", "watts")]
    public async Task Telemetry_ReadingThatCannotBe_NamesTheField(string body, string field)
    {
        await using var agent = await StartAsync();
        using var http = new HttpClient { BaseAddress = Address(agent) };

        using var response = await http.PostAsync("/telemetry", Json(body));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        problem["errors"]![field]!.AsArray().ShouldNotBeEmpty();
        problem.ToJsonString().ShouldNotContain("EnergyManager.");
    }

    [Theory]
    [InlineData("GET", "/", "localhost", HttpStatusCode.NotFound)]
    [InlineData("POST", "/status", "localhost", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/status", "evil.example", HttpStatusCode.MisdirectedRequest)]
    public async Task Request_NotForUs_IsAnsweredWithout500(string method, string path, string host, HttpStatusCode expected)
    {
        await using var agent = await StartAsync();
        using var http = new HttpClient { BaseAddress = Address(agent) };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = host;

        (await http.SendAsync(request)).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Start_PortIsTaken_TheAgentRunsWithout()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await using var agent = await AgentInProcess.StartAsync(NoServer, $"LocalApi:Port={port}");

        Service(agent).Address.ShouldBeNull();
        var sampler = agent.Host.Services.GetRequiredService<EnergyManager.Agent.Sampling.Sampler>();
        await sampler.FirstSample.WaitAsync(Eventually.Patience);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static Task<AgentInProcess> StartAsync(params string[] settings) =>
        AgentInProcess.StartAsync(NoServer, [$"LocalApi:Port={FreePort()}", .. settings]);

    private static Uri Address(AgentInProcess agent) => Service(agent).Address.ShouldNotBeNull();

    private static LocalApiService Service(AgentInProcess agent) => agent.Host.Services.GetServices<IHostedService>().OfType<LocalApiService>().Single();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
