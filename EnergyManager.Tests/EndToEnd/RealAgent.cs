using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>The real agent as a process of its own, with its own data.</summary>
internal sealed class RealAgent : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _settings;
    private TestProcess? _process;

    private RealAgent(Dictionary<string, string> settings) => _settings = settings;

    public string Name => _settings["EnergyManager__Agent__Name"];

    public string DataDirectory => _directory.Path;

    public TestProcess Process => _process ?? throw new InvalidOperationException("The agent is not running.");

    public static RealAgent Start(Uri server, string name, IReadOnlyDictionary<string, string>? settings = null)
    {
        var agent = new RealAgent(new Dictionary<string, string>
        {
            ["EnergyManager__Agent__Server"] = server.ToString(),
            ["EnergyManager__Agent__Name"] = name,
            ["EnergyManager__Agent__LocalApi__Port"] = "0",
        });
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            agent._settings[key] = value;
        agent._settings["EnergyManager__Agent__DataDirectory"] = agent.DataDirectory;
        agent.StartAgain();
        return agent;
    }

    public void StartAgain() => _process = TestProcess.Start(Outputs.Agent, [], _settings);

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => Process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _directory.Dispose();
    }
}
