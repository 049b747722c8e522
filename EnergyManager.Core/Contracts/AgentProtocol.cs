namespace EnergyManager.Core.Contracts;

/// <summary>Names and limits that the agent and the server share. The hub is <c>/hubs/agent</c>.</summary>
public static class AgentProtocol
{
    /// <summary>Version of the messages. A server refuses a version that it does not know, and says which it speaks.</summary>
    public const int Version = 1;

    /// <summary>Path of the hub.</summary>
    public const string HubPath = "/hubs/agent";

    /// <summary>Header that carries the device credential: <c>Authorization: Bearer &lt;device id&gt;.&lt;secret&gt;</c>.</summary>
    public const string AuthorizationScheme = "Bearer";

    /// <summary>Hub method: <c>Hello(AgentHello) -> ServerWelcome</c>, first on every connection.</summary>
    public const string Hello = "Hello";

    /// <summary>Hub method: <c>PushTelemetry(TelemetryBatch) -> TelemetryAck</c>.</summary>
    public const string PushTelemetry = "PushTelemetry";

    /// <summary>Hub method: <c>ReportDeployment(DeploymentReport) -> bool</c>; false when the server does not know the deployment.</summary>
    public const string ReportDeployment = "ReportDeployment";

    /// <summary>Client method: <c>DesiredStateChanged(DesiredState)</c>, pushed when it changes.</summary>
    public const string DesiredStateChanged = "DesiredStateChanged";

    /// <summary>Client method: <c>RunBenchmark(BenchmarkRequest)</c>.</summary>
    public const string RunBenchmark = "RunBenchmark";

    /// <summary>Client method: <c>CancelBenchmark(string benchmarkId)</c>.</summary>
    public const string CancelBenchmark = "CancelBenchmark";

    /// <summary>Hub method: <c>ReportBenchmark(BenchmarkReport) -> bool</c>; false when the server does not take the report.</summary>
    public const string ReportBenchmark = "ReportBenchmark";

    /// <summary>Most samples in one batch.</summary>
    public const int MaximumBatch = 500;

    /// <summary>Longest text in a hello, in characters: agents cut what is longer, servers refuse it.</summary>
    public const int MaximumText = 200;

    /// <summary>Largest hub message in bytes.</summary>
    public const int MaximumMessageBytes = 512 * 1024;
}
