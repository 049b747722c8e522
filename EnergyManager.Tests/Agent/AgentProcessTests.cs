using System.Diagnostics;
using EnergyManager.Tests.Agent.Connection;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Agent;

/// <summary>The program as a process of its own.</summary>
public sealed class AgentProcessTests
{
    [Fact]
    public async Task Start_BadSetting_EndsWithOneLineAndAnError()
    {
        await using var agent = TestProcess.Start(Outputs.Agent, ["--EnergyManager:Agent:Server=nowhere"], new Dictionary<string, string>());

        var code = await agent.WaitForExitAsync(TimeSpan.FromSeconds(30));

        code.ShouldNotBe(0);
        agent.Output.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("EnergyManager:Agent:Server is 'nowhere'");
    }

    [Fact]
    public async Task Stop_Sigterm_EndsSoonAndWithoutError()
    {
        using var directory = new TemporaryDirectory();
        await using var server = new FakeServer();
        await server.StartAsync();
        await using var agent = Start(directory, server.Address);
        await Eventually.ShouldAsync(() => !server.Stored.IsEmpty);

        using (var kill = Process.Start("kill", ["-TERM", $"{agent.Id}"]))
            await kill.WaitForExitAsync();

        // It allows itself two seconds; the rest is for a machine that has much else to do.
        (await agent.WaitForExitAsync(TimeSpan.FromSeconds(15))).ShouldBe(0);
    }

    [Fact]
    public async Task ParentProcessId_ParentEnds_TheAgentEnds()
    {
        using var directory = new TemporaryDirectory();
        using var parent = Process.Start("sleep", ["60"]);
        await using var agent = Start(directory, "http://127.0.0.1:9", $"--EnergyManager:Agent:ParentProcessId={parent.Id}");
        await Eventually.ShouldAsync(() => File.Exists(directory["agent.lock"]));
        await Task.Delay(500);
        agent.HasExited.ShouldBeFalse();

        parent.Kill();

        (await agent.WaitForExitAsync(TimeSpan.FromSeconds(15))).ShouldBe(0);
    }

    [Fact]
    public async Task Kill_InTheMiddle_EarlierSamplesArriveFirstAfterTheNextStart()
    {
        using var directory = new TemporaryDirectory();
        await using (var agent = Start(directory, "http://127.0.0.1:9"))
        {
            await Eventually.ShouldAsync(() => Segments(directory) > 1000);
            await agent.KillAsync();
        }
        await using var server = new FakeServer();
        await server.StartAsync();

        await using var again = Start(directory, server.Address);
        await Eventually.ShouldAsync(() => server.Stored.Select(s => s.BootId).Distinct().Count() == 2);

        var boots = server.Stored.GroupBy(s => s.BootId).ToList();
        boots[0].Key.ShouldNotBe(server.Hellos.First().BootId);
        foreach (var boot in boots)
            boot.Select(s => s.Sequence).ShouldBe(Enumerable.Range(1, boot.Count()).Select(i => (long)i));
    }

    private static long Segments(TemporaryDirectory directory) => Directory.Exists(directory["outbox"])
        ? Directory.GetFiles(directory["outbox"], "*.segment").Sum(f => new FileInfo(f).Length)
        : 0;

    private static TestProcess Start(TemporaryDirectory directory, string server, params string[] more) => TestProcess.Start(
        Outputs.Agent,
        [
            $"--EnergyManager:Agent:Server={server}",
            $"--EnergyManager:Agent:DataDirectory={directory.Path}",
            "--EnergyManager:Agent:SampleInterval=00:00:00.100",
            "--EnergyManager:Agent:LocalApi:Port=0",
            .. more,
        ],
        new Dictionary<string, string>());
}
