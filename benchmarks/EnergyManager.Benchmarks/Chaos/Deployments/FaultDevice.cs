using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EnergyManager.Benchmarks.Overhead;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>What a device of the matrix has beside an agent.</summary>
internal sealed record FaultDeviceOptions
{
    /// <summary>Size of a disk of its own in MB, or <c>null</c> for a directory of the harness.</summary>
    public int? DiskMb { get; init; }

    /// <summary>Whether it has a (simulated) power sensor.</summary>
    public bool PowerSensor { get; init; }

    /// <summary>Settings of the agent, below its section.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>An agent with its data and a bad network between it and the server.</summary>
internal sealed class FaultDevice : IAsyncDisposable
{
    private readonly ChaosOptions _options;
    private readonly FaultDeviceOptions _device;
    private readonly string _directory = Directory.CreateTempSubdirectory("energymanager-device-").FullName;
    private readonly CancellationTokenSource _sensing = new();
    private readonly Task _sensor = Task.CompletedTask;
    private ProductProcess? _agent;

    public FaultDevice(ChaosOptions options, FaultServer server, string name, FaultDeviceOptions device)
    {
        (_options, _device, Name) = (options, device, name);
        Proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, server.Address.Port));
        Directory.CreateDirectory(DataDirectory);
        if (device.PowerSensor)
        {
            Sensor = new SimulatedIna219(Path.Combine(_directory, "sys"));
            _sensor = Sensor.RunAsync(_sensing.Token);
        }
    }

    public string Name { get; }

    public FaultProxy Proxy { get; }

    public SimulatedIna219? Sensor { get; }

    public int AgentId => _agent!.Id;

    /// <summary>What the agent has said.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <summary>The agent's data as this process sees it: its own disk is mounted for the agent alone.</summary>
    public string Disk => _device.DiskMb is null ? DataDirectory : $"/proc/{AgentId}/root{DataDirectory}";

    private string DataDirectory => Path.Combine(_directory, "agent");

    private string LogFile => Path.Combine(_directory, "agent.log");

    public void StartAgent()
    {
        string[] mount = _device.DiskMb is { } size
            ? ["unshare", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs -o size=$1m tmpfs \"$2\" && shift 2 && exec \"$@\"", "sh", size.ToString(CultureInfo.InvariantCulture), DataDirectory]
            : [];
        var settings = _device.Settings.ToDictionary(s => "EnergyManager__Agent__" + s.Key, s => s.Value);
        settings["EnergyManager__Agent__Server"] = Proxy.Address.ToString();
        settings["EnergyManager__Agent__Name"] = Name;
        settings["EnergyManager__Agent__DataDirectory"] = DataDirectory;
        settings["EnergyManager__Agent__LocalApi__Port"] = "0";
        settings["EnergyManager__Agent__SampleInterval"] = "00:00:00.250";
        if (Sensor is not null)
        {
            settings["EnergyManager__Agent__SysRoot"] = Sensor.Root;
            // The sensor is a file that says what it says: read late on a busy machine it is right all the same.
            settings["EnergyManager__Agent__Power__MaximumGap"] = "00:00:02";
        }

        _agent = ProductProcess.Start(_options.AgentAssembly, [], settings, LogFile, mount);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAgentAsync(CancellationToken cancellationToken)
    {
        await _agent!.KillAsync(cancellationToken);
        await _agent.DisposeAsync();
        _agent = null;
    }

    /// <summary>Stops the agent as soon as it says that a deployment has entered a state.</summary>
    /// <param name="state">As the agent calls it: <c>WarmingUp</c>.</param>
    /// <param name="after">How much the agent had said before.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>Whether it stopped within the state.</returns>
    public async Task<bool> StopAtAsync(string state, int after, CancellationToken cancellationToken)
    {
        var mark = $": {state}.";
        using var log = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        log.Position = after;
        var (said, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = log.Read(buffer);
            if (read == 0)
            {
                await Task.Delay(1, cancellationToken);
                continue;
            }
            said.Append(Encoding.UTF8.GetString(buffer, 0, read));
            var text = said.ToString();
            if (text.Contains(mark, StringComparison.Ordinal))
            {
                Signals.Stop(AgentId);
                return LastState(Log[after..]) == state;
            }
            if (LastState(text) is "Running" or "Failed" or "RolledBack")
                return false;
        }
    }

    /// <summary>Processes that run models.</summary>
    public IReadOnlyList<ProcessIdentity> Workers() => ProcessTable.DescendantsOf(AgentId);

    /// <summary>Writes until the disk takes no more.</summary>
    public void FillDisk()
    {
        using var filler = new FileStream(Path.Combine(Disk, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var block = new byte[1024 * 1024]; block.Length > 0; block = new byte[block.Length / 16])
        {
            try
            {
                while (true)
                    filler.Write(block);
            }
            catch (IOException)
            {
                // Full for blocks of this size.
            }
        }
    }

    public void FreeDisk() => File.Delete(Path.Combine(Disk, "filler"));

    public JsonNode? State() => File.Exists(Path.Combine(Disk, "state.json")) ? JsonNode.Parse(File.ReadAllText(Path.Combine(Disk, "state.json"))) : null;

    public string Artifact(string file) => Path.Combine(Disk, "artifacts", file);

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            if (!_agent.HasExited)
                Signals.Continue(_agent.Id);
            await _agent.DisposeAsync();
        }
        await Proxy.DisposeAsync();
        await _sensing.CancelAsync();
        await _sensor.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sensing.Dispose();
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (IOException)
        {
            // A process that was just killed may still be letting go of a file.
        }
    }

    /// <summary>For example <c>... Deployment 0199...: Verifying.</c></summary>
    private static string? LastState(string log)
    {
        var line = log.Split('\n').LastOrDefault(l => l.Contains("DeploymentReporter", StringComparison.Ordinal) || l.Contains(" runs.", StringComparison.Ordinal));
        if (line is null)
            return null;
        if (line.Contains(" runs.", StringComparison.Ordinal))
            return "Running";
        var at = line.IndexOf(": ", line.IndexOf("Deployment ", StringComparison.Ordinal), StringComparison.Ordinal);
        return at < 0 ? null : line[(at + 2)..].Split('.')[0];
    }
}
