using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Inference.Health;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Artifacts;

/// <summary>The steps from a desired model to one that is loaded and healthy. Each reports its state when it begins.</summary>
public sealed class ModelInstaller(
    ArtifactStore artifacts,
    ArtifactDownloader downloader,
    DeploymentReporter reporter,
    IModelLoader loader,
    ModelTrial trial,
    IOptions<AgentOptions> options)
{
    /// <summary>Downloads and verifies the artifact, unless it is there and whole.</summary>
    /// <exception cref="DeploymentFailedException">It cannot be had.</exception>
    public async Task FetchAsync(DesiredModel model, CancellationToken cancellationToken)
    {
        var file = ArtifactStore.FileOf(model);
        if (File.Exists(artifacts.PathOf(file)))
        {
            reporter.Report(model.DeploymentId, DeploymentState.Verifying);
            if (await ArtifactStore.FindFaultAsync(artifacts.PathOf(file), model.SizeBytes, model.Sha256, cancellationToken) is null)
                return;
            artifacts.Delete(file);
        }
        var resumed = File.Exists(artifacts.PartOf(file));
        if (await DownloadAsync(model, file, cancellationToken) is not { } fault)
            return;
        // The beginning may be from a file that the server has replaced, or from a disk that failed: once more from zero.
        if (resumed)
            fault = await DownloadAsync(model, file, cancellationToken);
        if (fault is not null)
            throw new DeploymentFailedException($"{model.FileName} did not arrive intact: {fault}.");
    }

    /// <summary>Loads the fetched model beside the one that runs, warms it up and checks it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="known">Whether its artifact passed the health check here before: then a short one will do.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DeploymentFailedException">It is not fit to run.</exception>
    public async Task<(ActiveModel Active, TrialResult Result)> TryOutAsync(DesiredModel model, bool known, CancellationToken cancellationToken)
    {
        var extension = DesiredModelRules.Extension(model);
        if (!loader.Formats.Contains(extension))
        {
            throw new DeploymentFailedException(
                $"{model.FileName} was downloaded and is intact, but this agent cannot execute {extension} files; it executes {string.Join(", ", loader.Formats)}.");
        }
        reporter.Report(model.DeploymentId, DeploymentState.Loading);
        var runner = await LoadAsync(artifacts.PathOf(ArtifactStore.FileOf(model)), model.FileName, cancellationToken);
        try
        {
            reporter.Report(model.DeploymentId, DeploymentState.WarmingUp);
            var warmUp = known ? 1 : options.Value.Inference.WarmUpInferences;
            await OnThread(() => ModelTrial.WarmUp(runner, warmUp, cancellationToken));
            reporter.Report(model.DeploymentId, DeploymentState.Checking);
            var check = known ? model with { CheckInferences = Math.Min(model.CheckInferences, options.Value.Health.KnownCheckInferences) } : model;
            TrialResult? result = null;
            await OnThread(() => result = trial.Check(runner, check, cancellationToken));
            return (new ActiveModel(model.Model, model.Sha256, model.DeploymentId, model.RatePerSecond, runner) { Limits = ModelLimits.Of(model) }, result!);
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    /// <summary>Loads an installed model after a restart, its checksum first.</summary>
    /// <exception cref="DeploymentFailedException">It is damaged or does not run.</exception>
    public async Task<ActiveModel> StartAsync(InstalledModel model, CancellationToken cancellationToken)
    {
        var path = artifacts.PathOf(model.File);
        if (!File.Exists(path))
            throw new DeploymentFailedException($"{model.File} is not there any more.");
        if (await ArtifactStore.FindFaultAsync(path, model.SizeBytes, model.Sha256, cancellationToken) is { } fault)
        {
            artifacts.Delete(model.File);
            throw new DeploymentFailedException($"{model.File} is damaged: {fault}.");
        }
        var runner = await LoadAsync(path, model.Model, cancellationToken);
        try
        {
            await OnThread(() => ModelTrial.WarmUp(runner, 1, cancellationToken));
            return new ActiveModel(model.Model, model.Sha256, model.DeploymentId, model.RatePerSecond, runner) { Limits = model.Limits ?? ModelLimits.None };
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    private async Task<string?> DownloadAsync(DesiredModel model, string file, CancellationToken cancellationToken)
    {
        artifacts.RequireSpace(model);
        reporter.Report(model.DeploymentId, DeploymentState.Downloading);
        var part = artifacts.PartOf(file);
        var sha256 = await downloader.DownloadAsync(model, part, bytes => reporter.ReportProgress(model.DeploymentId, bytes), cancellationToken);
        reporter.Report(model.DeploymentId, DeploymentState.Verifying);
        var fault = sha256 == model.Sha256 ? null : $"its SHA-256 is {sha256} instead of {model.Sha256}";
        if (fault is null)
            artifacts.Accept(file);
        else
            artifacts.Delete(file);
        return fault;
    }

    private async Task<IModelRunner> LoadAsync(string path, string name, CancellationToken cancellationToken)
    {
        IModelRunner? runner = null;
        await OnThread(() =>
        {
            try
            {
                runner = loader.Load(path);
            }
            catch (ModelException exception)
            {
                throw new DeploymentFailedException($"{name} cannot be loaded: {exception.Message}", exception);
            }
        });
        if (!cancellationToken.IsCancellationRequested)
            return runner!;
        runner!.Dispose();
        throw new OperationCanceledException(cancellationToken);
    }

    // Loading and inference block for as long as they like: not on a thread of the pool.
    private static Task OnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
