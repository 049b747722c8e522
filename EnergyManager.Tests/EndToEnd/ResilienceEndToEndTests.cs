using System.Text.Json.Nodes;
using EnergyManager.Tests.Support;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>What survives <c>kill -9</c> of either side.</summary>
public sealed class ResilienceEndToEndTests
{
    private const string Model = "squeezenet1_1";

    [Fact]
    public async Task KillServer_WhileAgentInfers_LosesNoSampleAndReconnects()
    {
        await using var server = await RealServer.StartAsync(synthesize: Model);
        await using var agent = RealAgent.Start(server.Address, "e2e-kill-server");
        var device = await DeploymentEndToEndTests.ConnectedDeviceAsync(server, agent.Name);
        await DeploymentEndToEndTests.RunAsync(server, device, Model);

        await server.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(5));
        await server.StartAgainAsync();

        await server.WaitForAsync($"/api/devices/{device}", d => d["online"]!.GetValue<bool>(), Eventually.Patience);
        var backAt = TimeProvider.System.GetUtcNow();
        await server.WaitForAsync(
            $"/api/devices/{device}/telemetry", t => t["points"]!.AsArray().Any(p => p!["time"]!.GetValue<DateTimeOffset>() > backAt), Eventually.Patience);

        var stored = StoredSequences(server, device);
        stored.ShouldNotBeEmpty();
        stored.ShouldBe(Enumerable.Range(1, stored.Count).Select(i => (long)i), "every second of the outage is there, in order, once");
        agent.Process.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task KillAgent_AfterDeployment_ComesBackWithTheModelThatItRan()
    {
        await using var server = await RealServer.StartAsync(synthesize: Model);
        await using var agent = RealAgent.Start(server.Address, "e2e-kill-agent");
        var device = await DeploymentEndToEndTests.ConnectedDeviceAsync(server, agent.Name);
        var deployment = await DeploymentEndToEndTests.RunAsync(server, device, Model);

        await agent.KillAsync();
        await server.WaitForAsync($"/api/devices/{device}", d => !d["online"]!.GetValue<bool>(), Eventually.Patience);
        var restartedAt = TimeProvider.System.GetUtcNow();
        agent.StartAgain();

        var telemetry = await server.WaitForAsync(
            $"/api/devices/{device}/telemetry", t => InfersAfter(t, restartedAt), Eventually.Patience);
        InfersAfter(telemetry, restartedAt).ShouldBeTrue();
        var view = await server.GetAsync($"/api/devices/{device}");
        view["model"]!.GetValue<string>().ShouldBe(Model);
        view["deployment_id"]!.GetValue<string>().ShouldBe(deployment);
    }

    private static bool InfersAfter(JsonNode telemetry, DateTimeOffset time) =>
        telemetry["points"]!.AsArray().Any(p => p!["time"]!.GetValue<DateTimeOffset>() > time && p["inference"]?["count"]?.GetValue<int>() > 0);

    /// <summary>Sequences of the device's one boot as they lie in the database, by time.</summary>
    private static List<long> StoredSequences(RealServer server, string device)
    {
        var file = Directory.EnumerateFiles(server.DataDirectory, "*.db").Single();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = StoredSequencesQuery;
        command.Parameters.AddWithValue("$device", device);
        using var reader = command.ExecuteReader();
        var sequences = new List<long>();
        while (reader.Read())
            sequences.Add(reader.GetInt64(0));
        return sequences;
    }

    private const string StoredSequencesQuery =
        """
        SELECT sample.sequence
        FROM sample JOIN device ON device.key = sample.device
        WHERE device.device_id = $device
        ORDER BY sample.time, sample.sequence
        """;
}
