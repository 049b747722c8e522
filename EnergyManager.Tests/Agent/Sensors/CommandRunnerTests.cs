using System.Diagnostics;
using EnergyManager.Agent.Sensors;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Agent.Sensors;

/// <summary>Real child processes.</summary>
public sealed class CommandRunnerTests
{
    [Fact]
    public async Task Run_ProgramThatWrites_GivesItsOutput() =>
        (await new CommandRunner().RunAsync("echo", "throttled=0x0", Eventually.Patience)).ShouldBe(new CommandResult("throttled=0x0\n", null));

    [Fact]
    public async Task Run_ProgramThatFails_GivesItsCodeAndWhatItSaid()
    {
        var result = await new CommandRunner().RunAsync("ls", "/nowhere/at/all", Eventually.Patience);

        result.Output.ShouldBeNull();
        result.Reason.ShouldNotBeNull().ShouldContain("ended with 2");
        result.Reason.ShouldContain("/nowhere/at/all");
    }

    [Fact]
    public async Task Run_NoSuchProgram_SaysSo() =>
        (await new CommandRunner().RunAsync("/nowhere/vcgencmd", "x", Eventually.Patience)).Reason.ShouldNotBeNull().ShouldContain("cannot be started");

    [Fact]
    public async Task Run_ProgramThatHangs_IsKilledWithItsChildrenAndNoneIsLeft()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var directory = new TemporaryDirectory();
        var script = directory["hang"];
        File.WriteAllText(script, $"#!/bin/sh\necho $$ > {directory["pid"]}\nsleep 1000 &\necho $! >> {directory["pid"]}\nwait\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        var watch = Stopwatch.StartNew();

        var result = await new CommandRunner().RunAsync(script, "x", TimeSpan.FromSeconds(0.5));

        result.Reason.ShouldNotBeNull().ShouldContain("did not answer within 0.5 s");
        watch.Elapsed.ShouldBeLessThan(Eventually.Patience);
        foreach (var id in File.ReadAllLines(directory["pid"]))
            await Eventually.ShouldAsync(() => !IsAlive(id));
        Directory.Exists($"/proc/{File.ReadAllLines(directory["pid"])[0]}").ShouldBeFalse("the child was waited for: no zombie is left");
    }

    [Fact]
    public async Task Run_EndlessOutput_IsCutAndKilled()
    {
        var result = await new CommandRunner().RunAsync("yes", "x", TimeSpan.FromSeconds(0.5));

        result.Reason.ShouldNotBeNull().ShouldContain("did not answer");
    }

    private static bool IsAlive(string id) =>
        File.Exists($"/proc/{id}/stat") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
}
