using System.Text;
using EnergyManager.Agent;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Sampling;
using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Tests.Agent.Inference;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EnergyManager.Tests.Agent.Artifacts;

/// <summary>The deploying half of an agent on a directory of its own, that can be ended and started again.</summary>
internal sealed class Device : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly bool _ownsDirectory;
    private readonly HttpClient _http = new();
    private readonly Reconciler _reconciler;
    private readonly List<DeploymentReport> _reports = [];

    private Device(TemporaryDirectory directory, bool ownsDirectory, ArtifactServer server, Action<AgentOptions>? configure, ILogger<DeploymentReporter>? reports)
    {
        (_directory, _ownsDirectory) = (directory, ownsDirectory);
        var settings = new AgentOptions { Server = server.Address, DataDirectory = directory.Path };
        settings.Artifacts.ReserveBytes = 0;
        settings.Connection.MinimumDelay = TimeSpan.FromMilliseconds(10);
        settings.Connection.MaximumDelay = TimeSpan.FromMilliseconds(50);
        configure?.Invoke(settings);
        var options = Options.Create(settings);
        var time = TimeProvider.System;
        Directory.CreateDirectory(ArtifactsDirectory);
        Store = new AgentStateStore(directory["state.json"], NullLogger<AgentStateStore>.Instance);
        var artifacts = new ArtifactStore(ArtifactsDirectory, settings.Artifacts);
        Engine = new InferenceEngine(settings.Inference, time, NullLogger<InferenceEngine>.Instance);
        var power = new PowerMeter(PowerSourceSelector.Fixed(null, settings.Power, time), settings.Power, time);
        var reporter = new DeploymentReporter(Store, time, reports ?? NullLogger<DeploymentReporter>.Instance);
        var installer = new ModelInstaller(
            artifacts,
            new ArtifactDownloader(_http, new ServerCredential(options), options, time, NullLogger<ArtifactDownloader>.Instance),
            reporter,
            Models,
            new ModelTrial(Engine, power, options, time),
            options);
        _reconciler = new Reconciler(Inbox, Store, artifacts, reporter, installer, Engine, options, NullLogger<Reconciler>.Instance);
    }

    public FakeModels Models { get; } = new();

    public AgentStateStore Store { get; }

    public InferenceEngine Engine { get; }

    public DesiredStateInbox Inbox { get; } = new();

    public string ArtifactsDirectory => _directory["artifacts"];

    public IReadOnlyList<string> Files => [.. Directory.GetFiles(ArtifactsDirectory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>States reported since the start, without repeats.</summary>
    public IReadOnlyList<DeploymentReport> Reports => _reports;

    /// <summary>Starts one.</summary>
    /// <param name="server">Where it downloads.</param>
    /// <param name="configure">Changes its settings.</param>
    /// <param name="directory">Its data; by default a directory of its own.</param>
    /// <param name="reports">Told of every report before it is stored.</param>
    public static async Task<Device> StartAsync(
        ArtifactServer server, Action<AgentOptions>? configure = null, TemporaryDirectory? directory = null, ILogger<DeploymentReporter>? reports = null)
    {
        var device = new Device(directory ?? new TemporaryDirectory(), directory is null, server, configure, reports);
        await device._reconciler.StartAsync(CancellationToken.None);
        return device;
    }

    /// <summary>Content of a model file that behaves as <see cref="FakeModels"/> says, padded to a size.</summary>
    public static byte[] Content(string behaviour, int size = 200_000) => Encoding.ASCII.GetBytes(behaviour.PadRight(size, ' '));

    /// <summary>Asks for a state and collects reports until one is settled.</summary>
    public async Task<DeploymentReport> DeployAsync(DesiredModel model, long revision = 1)
    {
        Inbox.Put(new DesiredState { Revision = revision, Model = model });
        return await SettledAsync(model.DeploymentId);
    }

    public async Task<DeploymentReport> SettledAsync(string deploymentId)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (true)
        {
            var report = await Store.NextReportAsync(limit.Token);
            Store.RemoveReport(report);
            _reports.Add(report);
            if (report.DeploymentId == deploymentId && DeploymentTransitions.IsSettled(report.State))
                return report;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reconciler.StopAsync(CancellationToken.None);
        _reconciler.Dispose();
        Engine.Dispose();
        _http.Dispose();
        if (_ownsDirectory)
            _directory.Dispose();
    }
}
