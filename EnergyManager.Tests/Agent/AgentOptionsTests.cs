using EnergyManager.Agent;
using EnergyManager.Tests.Agent.Sensors;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EnergyManager.Tests.Agent;

public sealed class AgentOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreValidAndNotInTheWorkingDirectory()
    {
        var options = new AgentOptions();

        new AgentOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
        Path.IsPathFullyQualified(options.DataDirectory).ShouldBeTrue();
        options.DataDirectory.ShouldNotStartWith(Directory.GetCurrentDirectory());
    }

    [Fact]
    public void Build_SeveralBadSettings_GathersAllOneLineEach()
    {
        var invalid = Should.Throw<OptionsValidationException>(() => AgentHost.Build(
        [
            $"--{AgentOptions.Section}:Server=ftp://host",
            $"--{AgentOptions.Section}:DataDirectory=relative",
            $"--{AgentOptions.Section}:SampleInterval=01:00:00",
            $"--{AgentOptions.Section}:Connection:BatchSize=501",
            $"--{AgentOptions.Section}:DeviceType=../toaster",
        ]));

        invalid.Failures.Count().ShouldBe(5);
        foreach (var field in (string[])["Server", "DataDirectory", "SampleInterval", "Connection:BatchSize", "DeviceType"])
            invalid.Failures.ShouldContain(f => f.StartsWith($"{AgentOptions.Section}:{field} ", StringComparison.Ordinal));
        invalid.Failures.ShouldAllBe(f => !f.Contains('\n'));
    }

    [Theory]
    [InlineData("Sampelinterval=00:00:01", "Sampelinterval")]
    [InlineData("LocalApi:Prot=5056", "Prot")]
    [InlineData("LocalApi:Port=many", "LocalApi:Port")]
    [InlineData("Power:Enabled=maybe", "Power:Enabled")]
    public void Build_SettingThatDoesNotExistOrOfTheWrongType_IsOneSentenceThatNamesIt(string setting, string named)
    {
        var problem = Should.Throw<AgentStartException>(() => AgentHost.Build([$"--{AgentOptions.Section}:{setting}"]));

        problem.Message.ShouldContain(named);
        problem.Message.ShouldNotContain("\n");
    }

    /// <summary>Settings of power sensors from text, as the environment or a file has them: which field is refused, if any.</summary>
    [Theory]
    [InlineData("Power:I2c:0:Address=0x45", null)]
    [InlineData("Power:I2c:0:Bus=7", null)]
    [InlineData("Power:I2c:0:Chip=ina226", null)]
    [InlineData("Power:I2c:0:MaximumAmps=3.2", null)]
    [InlineData("Power:Prefer=external", null)]
    [InlineData("Power:I2c:0:Address=0x50", "Power:I2c:0:Address")]
    [InlineData("Power:I2c:0:Address=64", "Power:I2c:0:Address")]
    [InlineData("Power:I2c:0:Address=0x", "Power:I2c:0:Address")]
    [InlineData("Power:I2c:0:Bus=-1", "Power:I2c:0:Bus")]
    [InlineData("Power:I2c:0:ShuntOhms=0", "Power:I2c:0:ShuntOhms")]
    [InlineData("Power:I2c:0:ShuntOhms=NaN", "Power:I2c:0:ShuntOhms")]
    [InlineData("Power:I2c:0:MaximumAmps=-1", "Power:I2c:0:MaximumAmps")]
    [InlineData("Power:I2c:0:Chip=ina3221", "Power:I2c:0:Chip")]
    [InlineData("Power:Prefer=cpu", "Power:Prefer")]
    [InlineData("Power:SwitchAfter=00:00:00", "Power:SwitchAfter")]
    [InlineData("Power:RescanInterval=00:00:01", "Power:RescanInterval")]
    [InlineData("Power:External:MaximumAge=00:00:00", "Power:External:MaximumAge")]
    [InlineData("Power:External:MaximumWatts=0", "Power:External:MaximumWatts")]
    public void Build_PowerSetting_IsTakenOrRefusedByName(string setting, string? refused)
    {
        using var directory = new TemporaryDirectory();
        IHost Build() => AgentHost.Build([$"--{AgentOptions.Section}:DataDirectory={directory.Path}", $"--{AgentOptions.Section}:{setting}"]);

        if (refused is null)
        {
            using var host = Build();
            return;
        }
        Should.Throw<OptionsValidationException>(Build).Failures.ShouldHaveSingleItem().ShouldStartWith($"{AgentOptions.Section}:{refused} ");
    }

    [Fact]
    public void Validate_NineI2cSensors_IsOneTooMany() =>
        new AgentOptionsValidator().Validate(null, new AgentOptions { Power = { I2c = [.. Enumerable.Range(0, 9).Select(_ => new I2cSensorOptions())] } })
            .FailureMessage.ShouldNotBeNull().ShouldContain("8 are allowed");

    [Theory]
    [InlineData("nodot")]
    [InlineData(".secret")]
    [InlineData("device.")]
    [InlineData("dev ice.secret")]
    public void Validate_BadCredential_IsRefusedWithoutRepeatingIt(string credential)
    {
        var result = new AgentOptionsValidator().Validate(null, new AgentOptions { Credential = credential });

        result.Failed.ShouldBeTrue();
        result.FailureMessage.ShouldContain("Credential");
        result.FailureMessage.ShouldNotContain(credential);
    }

    [Fact]
    public void Build_DirectoryOfAnotherAgent_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        string[] settings = [$"--{AgentOptions.Section}:DataDirectory={directory.Path}"];
        using var first = AgentHost.Build(settings);

        Should.Throw<AgentStartException>(() => AgentHost.Build(settings)).Message.ShouldContain("in use by another agent");
    }

    [Fact]
    public void Credential_FromAFile_IsReadAgainEveryTime()
    {
        using var directory = new TemporaryDirectory();
        var file = directory["credential"];
        File.WriteAllText(file, "device-1.first\n");
        var credential = new ServerCredential(Options.Create(new AgentOptions { CredentialFile = file }));
        credential.Header()!.ToString().ShouldBe("Bearer device-1.first");

        File.WriteAllText(file, "device-1.second\n");
        credential.Header()!.ToString().ShouldBe("Bearer device-1.second");

        File.WriteAllText(file, "");
        Should.Throw<InvalidDataException>(credential.Header).Message.ShouldContain(file);
    }

    [Theory]
    [InlineData("NVIDIA Jetson Nano 2GB Developer Kit\0", "jetson-nano")]
    [InlineData("Raspberry Pi 5 Model B Rev 1.0\0", "raspberry-pi-5")]
    [InlineData("Raspberry Pi 4 Model B Rev 1.4\0", "generic-linux")]
    public void DetectDeviceType_DeviceTree_TellsTheBoard(string model, string expected)
    {
        using var proc = new FakeTree(("device-tree/model", model));

        AgentIdentity.DetectDeviceType(proc.Root).ShouldBe(expected);
    }

    [Fact]
    public void DetectDeviceType_NoDeviceTree_IsAGenericHost()
    {
        using var proc = new FakeTree();

        AgentIdentity.DetectDeviceType(proc.Root).ShouldBe("generic-linux");
    }

    [Theory]
    [InlineData("http://host:5000", "http://host:5000/hubs/agent")]
    [InlineData("https://host/energy", "https://host/energy/hubs/agent")]
    [InlineData("https://host/energy/", "https://host/energy/hubs/agent")]
    public void ServerAddress_BelowAPath_KeepsIt(string server, string expected) =>
        ServerAddress.Of(server, "/hubs/agent").ToString().ShouldBe(expected);
}
