using EnergyManager.Agent;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Hosting;

namespace EnergyManager.Tests.Agent;

/// <summary>The whole agent as its program builds it, in this process and on a directory of its own.</summary>
internal sealed class AgentInProcess : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private AgentInProcess(string server, Action<string>? prepare, string[] settings)
    {
        prepare?.Invoke(_directory.Path);
        Host = AgentHost.Build(
        [
            $"--{AgentOptions.Section}:Server={server}",
            $"--{AgentOptions.Section}:DataDirectory={_directory.Path}",
            $"--{AgentOptions.Section}:SampleInterval=00:00:00.100",
            // A busy machine is not a dead connection.
            $"--{AgentOptions.Section}:Connection:ConnectTimeout=00:00:30",
            $"--{AgentOptions.Section}:Connection:Timeout=00:00:30",
            $"--{AgentOptions.Section}:LocalApi:Port=0",
            "--Logging:LogLevel:Default=None",
            .. settings.Select(s => $"--{AgentOptions.Section}:{s}"),
        ]);
    }

    public IHost Host { get; }

    public static Task<AgentInProcess> StartAsync(string server, params string[] settings) => StartAsync(server, prepare: null, settings);

    /// <summary>An agent on a directory that something was put into before.</summary>
    public static async Task<AgentInProcess> StartAsync(string server, Action<string>? prepare, params string[] settings)
    {
        var agent = new AgentInProcess(server, prepare, settings);
        await agent.Host.StartAsync();
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        Host.Dispose();
        _directory.Dispose();
    }
}
