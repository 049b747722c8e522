using EnergyManager.Agent.Artifacts;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Logging;

namespace EnergyManager.Tests.Agent.Artifacts;

/// <summary>Copies a device's disk at the moment at which it is about to write a certain report down.</summary>
internal sealed class DeathImage(TemporaryDirectory from, TemporaryDirectory to, string message) : ILogger<DeploymentReporter>
{
    public static void Copy(TemporaryDirectory from, TemporaryDirectory to)
    {
        foreach (var path in Directory.EnumerateFiles(from.Path, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to.Path, Path.GetRelativePath(from.Path, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (formatter(state, exception) == message)
            Copy(from, to);
    }
}
